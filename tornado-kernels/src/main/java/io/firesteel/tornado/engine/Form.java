package io.firesteel.tornado.engine;

import java.util.Locale;

/** How an op is implemented. */
public enum Form {
  /** A Java kernel that TornadoVM compiles. */
  JAVA,
  /** A hand-written PTX kernel. */
  PTX;

  /** The name in {@code tornado.properties}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
