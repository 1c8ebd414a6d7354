package io.firesteel.server.http;

import java.util.Optional;
import java.util.OptionalInt;

/** A request that is not answered as asked for; its message is for the client. */
public final class HttpError extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** What kind of error it is. */
  public enum Kind {
    /** The request is wrong. */
    INVALID(400),
    /** No API key, or a wrong one. */
    UNAUTHORIZED(401),
    /** Asked for from a place that may not. */
    FORBIDDEN(403),
    /** There is no such thing. */
    NOT_FOUND(404),
    /** The path takes another method. */
    METHOD(405),
    /** The client took too long to send its request. */
    REQUEST_TIMEOUT(408),
    /** The body is too large. */
    TOO_LARGE(413),
    /** The body is not of a type that is understood. */
    MEDIA_TYPE(415),
    /** Too many requests at a time. */
    BUSY(429),
    /** A fault of the program or of its engine. */
    INTERNAL(500),
    /** The server cannot take or finish it for now. */
    UNAVAILABLE(503),
    /** The answer took longer than is allowed. */
    TIMEOUT(504);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }

  private final Kind kind;
  private final String code;
  private final String parameter;
  private final int retryAfterSeconds;

  private HttpError(
      Kind kind,
      String message,
      String code,
      String parameter,
      int retryAfterSeconds,
      Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.code = code;
    this.parameter = parameter;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** An error without further details. */
  public static HttpError of(Kind kind, String message) {
    return new HttpError(kind, message, null, null, -1, null);
  }

  /** An error with the short code that programs look at. */
  public static HttpError of(Kind kind, String code, String message) {
    return new HttpError(kind, message, code, null, -1, null);
  }

  /** A field of the request that is wrong. */
  public static HttpError invalid(String parameter, String message) {
    return new HttpError(Kind.INVALID, message, null, parameter, -1, null);
  }

  /** The same error because of something else. */
  public HttpError because(Throwable cause) {
    return new HttpError(kind, getMessage(), code, parameter, retryAfterSeconds, cause);
  }

  /** The same error with the time after which another try makes sense. */
  public HttpError retryAfter(int seconds) {
    return new HttpError(kind, getMessage(), code, parameter, seconds, getCause());
  }

  /** What kind of error it is. */
  public Kind kind() {
    return kind;
  }

  /** The HTTP status. */
  public int status() {
    return kind.status();
  }

  /** A short code that programs look at. */
  public Optional<String> code() {
    return Optional.ofNullable(code);
  }

  /** The field of the request that is wrong. */
  public Optional<String> parameter() {
    return Optional.ofNullable(parameter);
  }

  /** Seconds after which another try makes sense. */
  public OptionalInt retryAfterSeconds() {
    return retryAfterSeconds < 0 ? OptionalInt.empty() : OptionalInt.of(retryAfterSeconds);
  }
}
