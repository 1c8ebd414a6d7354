package io.firesteel.ptx.kernel;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which kernel, in which shape: a template and the constants it is specialised with.
 *
 * @param template file name of the template, without {@code .ptx}
 * @param constants values of the template's {@code .const} names; floats as their bits
 */
public record KernelSpec(String template, Map<String, Long> constants) {
  /** Takes an immutable, sorted copy of the constants. */
  public KernelSpec {
    Objects.requireNonNull(template, "template");
    constants = java.util.Collections.unmodifiableMap(new TreeMap<>(constants));
  }

  /** A spec without constants; add them with {@link #with}. */
  public static KernelSpec of(String template) {
    return new KernelSpec(template, Map.of());
  }

  /** This spec with one more constant. */
  public KernelSpec with(String name, long value) {
    Map<String, Long> more = new TreeMap<>(constants);
    more.put(name, value);
    return new KernelSpec(template, more);
  }

  /** This spec with one more constant, a float stored as its bits. */
  public KernelSpec with(String name, float value) {
    return with(name, Integer.toUnsignedLong(Float.floatToRawIntBits(value)));
  }

  /**
   * A name that is the same for equal specs and differs between specs: template and a hash of the
   * constants.
   */
  public String entry() {
    long hash = 0xcbf29ce484222325L;
    String text = text();
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return template + "_" + String.format(Locale.ROOT, "%012x", hash >>> 16);
  }

  /** The constants on one line, for messages. */
  public String text() {
    return constants.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(" "));
  }

  @Override
  public String toString() {
    return template + "(" + text() + ")";
  }
}
