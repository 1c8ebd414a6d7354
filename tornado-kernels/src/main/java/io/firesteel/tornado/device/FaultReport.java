package io.firesteel.tornado.device;

/**
 * A fault and its place.
 *
 * @param fault what is wrong
 * @param kernel class and method of the kernel
 * @param group work group, or -1 where the whole launch is meant
 * @param item work item in its group, or -1
 * @param location file and line of the source, such as {@code RmsNorm.java:52}, or empty
 * @param detail element, value or other work item
 */
public record FaultReport(
    Fault fault, String kernel, int group, int item, String location, String detail) {
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(kernel).append(": ").append(fault.text());
    if (group >= 0) {
      text.append(" in group ").append(group);
    }
    if (item >= 0) {
      text.append(", work item ").append(item);
    }
    if (!location.isEmpty()) {
      text.append(", at ").append(location);
    }
    return text.append(": ").append(detail).toString();
  }
}
