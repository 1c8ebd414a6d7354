package io.firesteel.model;

import java.io.IOException;
import java.nio.file.Path;

/** A file is no saved session, is damaged, or belongs to another model. */
public final class SessionFileException extends IOException {
  private static final long serialVersionUID = 1;

  SessionFileException(Path file, String problem) {
    super(file + " " + problem);
  }
}
