package io.firesteel.server.serving;

import io.firesteel.model.Model;
import io.firesteel.server.http.HttpError;
import java.time.Duration;
import java.time.Instant;

/**
 * The model that a server offers.
 *
 * @param model shared by all requests
 * @param id by which clients name it
 * @param since when it was loaded
 * @param limits of each request
 * @param cutOff ends its answers
 */
public record ServedModel(Model model, String id, Instant since, Limits limits, CutOff cutOff) {
  /**
   * What a request may take.
   *
   * @param maxTokens tokens of an answer, unless it asks for fewer
   * @param maxChoices answers to one request
   * @param time from the request to the end of its answer, waiting included
   */
  public record Limits(int maxTokens, int maxChoices, Duration time) {
    /** Any number of tokens, 16 choices, 10 minutes. */
    public static final Limits DEFAULT = new Limits(Integer.MAX_VALUE, 16, Duration.ofMinutes(10));

    /** Checks that all are positive. */
    public Limits {
      if (maxTokens < 1 || maxChoices < 1 || !time.isPositive()) {
        throw new IllegalArgumentException(
            "limits of %d tokens, %d choices and %s, expected more than 0"
                .formatted(maxTokens, maxChoices, time));
      }
    }
  }

  /**
   * Checks the name in a request; a request without one means this model.
   *
   * @throws HttpError if it names another
   */
  public void requireNamed(Fields fields) {
    String asked = fields.string("model").orElse("");
    if (!asked.isEmpty() && !asked.equals(id)) {
      throw unknown(asked);
    }
  }

  /** The error for a model that is not here. */
  public HttpError unknown(String asked) {
    String shown = asked.length() <= 100 ? asked : asked.substring(0, 100) + "…";
    return HttpError.of(
        HttpError.Kind.NOT_FOUND,
        "model_not_found",
        "there is no model '" + shown + "' here; this server has '" + id + "'");
  }
}
