package io.firesteel.ptx.driver;

/**
 * A kernel launch as error messages name it.
 *
 * @param kernel entry name
 * @param shape launch geometry
 */
public record Launch(String kernel, LaunchShape shape) {
  String describe() {
    return "kernel " + kernel + ", " + shape;
  }
}
