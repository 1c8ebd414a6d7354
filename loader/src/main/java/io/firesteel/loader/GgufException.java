package io.firesteel.loader;

/**
 * A GGUF file that cannot be used as it is. The message names the file, where in it the trouble is
 * (byte offset or key or tensor), what was found there and what would have been right.
 */
public final class GgufException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Offset of errors that belong to no single place in the file. */
  public static final long NO_OFFSET = -1;

  private final String file;
  private final long offset;
  private final String field;

  /**
   * An error about a file.
   *
   * @param file name of the file
   * @param offset byte at which the field begins, or {@link #NO_OFFSET}
   * @param field what was being read, such as {@code "length of key 3"}
   * @param problem what was found and what was expected
   */
  public GgufException(String file, long offset, String field, String problem) {
    this(file, offset, field, problem, null);
  }

  /** An error about a file, with its cause. */
  public GgufException(String file, long offset, String field, String problem, Throwable cause) {
    super(message(file, offset, field, problem), cause);
    this.file = file;
    this.offset = offset;
    this.field = field;
  }

  /**
   * Explains the error that the JVM throws where a mapped file ends earlier than it did when it was
   * mapped. For all who read tensor data themselves.
   *
   * @param error an error caught while reading tensor data
   * @return the explanation
   * @throws InternalError the error itself if it is of another kind
   */
  public static GgufException ofFault(InternalError error) {
    String message = error.getMessage();
    if (message == null || !message.contains("unsafe memory access")) {
      throw error;
    }
    return new GgufException(
        "a mapped file",
        NO_OFFSET,
        "tensor data",
        "the file became shorter, or its disk failed, while it was open: put the whole file back"
            + " and open it again",
        error);
  }

  /** Name of the file. */
  public String file() {
    return file;
  }

  /** Byte at which the field begins, or {@link #NO_OFFSET}. */
  public long offset() {
    return offset;
  }

  /** What was being read. */
  public String field() {
    return field;
  }

  private static String message(String file, long offset, String field, String problem) {
    String place = offset == NO_OFFSET ? "" : " at byte " + offset;
    return file + place + ": " + field + ": " + problem;
  }
}
