package io.firesteel.loader.unpack;

import java.io.IOException;
import java.nio.file.Path;

/** A packed model is damaged, dangerous, or not what it should be. Nothing of it was kept. */
public final class UnpackException extends IOException {
  private static final long serialVersionUID = 1;

  UnpackException(Path source, String problem) {
    super(source + " " + problem);
  }

  private UnpackException(Path source, String problem, Throwable cause) {
    super(source + " " + problem, cause);
  }

  /** The error for a stream that its decoder cannot follow. */
  static UnpackException damaged(Path source, Throwable cause) {
    String reason =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new UnpackException(
        source,
        "cannot be unpacked ("
            + reason
            + "): it is damaged or was cut short; get it again or pack it again",
        cause);
  }

  /** The error for a decoder that does not run on this system. */
  static UnpackException noDecoder(Path source, Format format, Throwable cause) {
    return new UnpackException(
        source,
        "is a "
            + format.description()
            + ", whose decoder does not run on this system ("
            + cause
            + "): unpack it by hand",
        cause);
  }
}
