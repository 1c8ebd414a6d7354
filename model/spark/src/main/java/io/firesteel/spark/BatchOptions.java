package io.firesteel.spark;

import java.io.Serial;
import java.io.Serializable;
import java.util.Objects;

/**
 * How prompts are answered. Travels to the executors.
 *
 * @param model path of a GGUF file that every executor can read; empty for the model that ships
 *     with Firesteel
 * @param engine name of an engine, or {@code auto}
 * @param threads host threads of each executor's model; 0 for one for each core
 * @param contextLength positions of one prompt and its answer; 0 for the model's own
 * @param inFlight prompts of a partition that are computed at a time, at least 1
 * @param system instructions before each prompt; empty for none
 * @param maxTokens most tokens of an answer, at least 1
 * @param temperature at least 0; 0 for the most likely token each time
 * @param seed from which, with the prompt, the seed of each answer is made: the same prompt gets
 *     the same answer whichever machine computes it, and however often
 */
public record BatchOptions(
    String model,
    String engine,
    int threads,
    int contextLength,
    int inFlight,
    String system,
    int maxTokens,
    float temperature,
    long seed)
    implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /** The model that ships with Firesteel, the most likely tokens, 256 of them at most. */
  public static final BatchOptions DEFAULT = new BatchOptions("", "auto", 0, 0, 16, "", 256, 0, 0);

  /** Checks the ranges stated above. */
  public BatchOptions {
    Objects.requireNonNull(model, "model");
    Objects.requireNonNull(engine, "engine");
    Objects.requireNonNull(system, "system");
    if (inFlight < 1 || maxTokens < 1) {
      throw new IllegalArgumentException(
          "inFlight is %d and maxTokens %d, expected at least 1".formatted(inFlight, maxTokens));
    }
    if (threads < 0 || contextLength < 0 || !(temperature >= 0)) {
      throw new IllegalArgumentException(
          "threads is %d, contextLength %d and temperature %s, expected at least 0"
              .formatted(threads, contextLength, temperature));
    }
  }

  /** The same options with a model. */
  public BatchOptions withModel(String path) {
    return new BatchOptions(
        path, engine, threads, contextLength, inFlight, system, maxTokens, temperature, seed);
  }

  /** The same options with an engine and its host threads. */
  public BatchOptions withEngine(String name, int hostThreads) {
    return new BatchOptions(
        model, name, hostThreads, contextLength, inFlight, system, maxTokens, temperature, seed);
  }

  /** The same options with another length of prompt and answer together. */
  public BatchOptions withContextLength(int tokens) {
    return new BatchOptions(
        model, engine, threads, tokens, inFlight, system, maxTokens, temperature, seed);
  }

  /** The same options with another number of prompts at a time. */
  public BatchOptions withInFlight(int prompts) {
    return new BatchOptions(
        model, engine, threads, contextLength, prompts, system, maxTokens, temperature, seed);
  }

  /** The same options with instructions. */
  public BatchOptions withSystem(String instructions) {
    return new BatchOptions(
        model,
        engine,
        threads,
        contextLength,
        inFlight,
        instructions,
        maxTokens,
        temperature,
        seed);
  }

  /** The same options with another longest answer. */
  public BatchOptions withMaxTokens(int tokens) {
    return new BatchOptions(
        model, engine, threads, contextLength, inFlight, system, tokens, temperature, seed);
  }

  /** The same options with answers drawn at a temperature, from a seed. */
  public BatchOptions withSampling(float newTemperature, long newSeed) {
    return new BatchOptions(
        model,
        engine,
        threads,
        contextLength,
        inFlight,
        system,
        maxTokens,
        newTemperature,
        newSeed);
  }
}
