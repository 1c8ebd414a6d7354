package io.firesteel.tornado.sdk;

import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.EngineException;

/** TornadoVM cannot be used as it is installed or set up; says why, and what would fix it. */
public final class SdkException extends EngineException {
  private static final long serialVersionUID = 1;

  private final String reason;
  private final String remedy;

  /**
   * A refusal.
   *
   * @param reason what is wrong, in one sentence without a full stop
   * @param remedy what would fix it, likewise
   */
  public SdkException(String reason, String remedy) {
    this(reason, remedy, null);
  }

  /** A refusal with the failure behind it. */
  public SdkException(String reason, String remedy, Throwable cause) {
    super(reason + " (" + remedy + ")", cause);
    this.reason = reason;
    this.remedy = remedy;
  }

  /** What is wrong. */
  public String reason() {
    return reason;
  }

  /** What would fix it. */
  public String remedy() {
    return remedy;
  }

  /** This refusal as an engine's answer. */
  public Availability refusal() {
    return new Availability.Refused(reason, remedy);
  }
}
