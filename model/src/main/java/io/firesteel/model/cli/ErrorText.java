package io.firesteel.model.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** One line for an exception. */
final class ErrorText {
  private ErrorText() {}

  static String of(Throwable exception) {
    String text =
        switch (exception) {
          case NoSuchFileException e ->
              e.getFile()
                  + " does not exist; check the path (relative paths start at the current"
                  + " folder)";
          case AccessDeniedException e ->
              e.getFile() + " may not be read or written; check its permissions";
          case FileAlreadyExistsException e ->
              e.getFile() + " exists already; choose another name or remove it";
          case NotDirectoryException e -> e.getFile() + " is not a folder";
          case OutOfMemoryError e ->
              "out of memory ("
                  + e.getMessage()
                  + "); choose a shorter --context or a smaller model";
          default -> describe(exception);
        };
    return text.replaceAll("\\s*\\R\\s*", " ");
  }

  private static String describe(Throwable exception) {
    String message = exception.getMessage();
    boolean fault = exception instanceof NullPointerException || message == null;
    return fault
        ? "fault of the program: "
            + exception
            + "; run it again with --verbose and report the trace"
        : message;
  }
}
