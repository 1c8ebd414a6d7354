package io.firesteel.model;

/**
 * Why an engine that would have been preferred does not run a model.
 *
 * @param engine its name
 * @param reason what is missing
 * @param remedy what would fix it
 */
public record EngineRefusal(String engine, String reason, String remedy) {
  @Override
  public String toString() {
    return engine + ": " + reason + " (" + remedy + ")";
  }
}
