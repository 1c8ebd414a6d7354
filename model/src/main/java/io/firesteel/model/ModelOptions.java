package io.firesteel.model;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.engine.EngineSettings;
import io.firesteel.model.kv.KvFormat;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * How a model is to be loaded.
 *
 * @param engine name of an engine, or {@link #AUTO} for the fastest that can run here
 * @param threads host threads for computation; 0 for one for each core
 * @param contextLength positions that a session may have; 0 for the model's own, at most {@link
 *     #USUAL_CONTEXT}
 * @param cacheTokens positions that the KV cache holds for all sessions together; 0 for as many as
 *     one session may have
 * @param kvFormat storage format of the KV cache
 * @param cacheFolder where compressed models are unpacked; empty for the user's cache folder
 * @param maxAnswers answers to {@link AnswerRequest}s that are computed at a time; 0 for {@link
 *     #USUAL_ANSWERS}
 * @param maxWaiting answers that may wait for their turn before {@link BusyException}; 0 for {@link
 *     #USUAL_WAITING}
 * @param engineSettings settings that only some engines look at
 * @param progress listens to unpacking and loading
 */
public record ModelOptions(
    String engine,
    int threads,
    int contextLength,
    int cacheTokens,
    KvFormat kvFormat,
    Optional<Path> cacheFolder,
    int maxAnswers,
    int maxWaiting,
    EngineSettings engineSettings,
    Progress progress) {
  /** Leaves the choice of engine to the program. */
  public static final String AUTO = "auto";

  /** Longest context unless told otherwise. */
  public static final int USUAL_CONTEXT = 8192;

  /** Answers computed at a time unless told otherwise. */
  public static final int USUAL_ANSWERS = 64;

  /** Answers that may wait unless told otherwise. */
  public static final int USUAL_WAITING = 256;

  /** The fastest engine, all cores, the usual context in a cache of half floats. */
  public static final ModelOptions DEFAULT =
      new ModelOptions(
          AUTO, 0, 0, 0, KvFormat.F16, Optional.empty(), 0, 0, EngineSettings.NONE, Progress.NONE);

  /** Checks the ranges stated above. */
  public ModelOptions {
    Objects.requireNonNull(engine, "engine");
    Objects.requireNonNull(kvFormat, "kvFormat");
    Objects.requireNonNull(cacheFolder, "cacheFolder");
    Objects.requireNonNull(engineSettings, "engineSettings");
    Objects.requireNonNull(progress, "progress");
    atLeastZero("threads", threads);
    atLeastZero("contextLength", contextLength);
    atLeastZero("cacheTokens", cacheTokens);
    atLeastZero("maxAnswers", maxAnswers);
    atLeastZero("maxWaiting", maxWaiting);
  }

  private static void atLeastZero(String what, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(what + " is " + value + ", expected at least 0");
    }
  }

  /** Begins with {@link #DEFAULT}. */
  public static Builder builder() {
    return new Builder(DEFAULT);
  }

  /** Begins with these options. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Collects options. */
  public static final class Builder {
    private String engine;
    private int threads;
    private int contextLength;
    private int cacheTokens;
    private KvFormat kvFormat;
    private Optional<Path> cacheFolder;
    private int maxAnswers;
    private int maxWaiting;
    private EngineSettings engineSettings;
    private Progress progress;

    private Builder(ModelOptions start) {
      engine = start.engine;
      threads = start.threads;
      contextLength = start.contextLength;
      cacheTokens = start.cacheTokens;
      kvFormat = start.kvFormat;
      cacheFolder = start.cacheFolder;
      maxAnswers = start.maxAnswers;
      maxWaiting = start.maxWaiting;
      engineSettings = start.engineSettings;
      progress = start.progress;
    }

    /** Name of an engine, or {@link ModelOptions#AUTO}. */
    public Builder engine(String name) {
      engine = name;
      return this;
    }

    /** Host threads; 0 for one for each core. */
    public Builder threads(int count) {
      threads = count;
      return this;
    }

    /** Positions that a session may have; 0 for the model's own, within the usual limit. */
    public Builder contextLength(int tokens) {
      contextLength = tokens;
      return this;
    }

    /** Positions of the KV cache for all sessions together; 0 for one session's. */
    public Builder cacheTokens(int tokens) {
      cacheTokens = tokens;
      return this;
    }

    /** Storage format of the KV cache. */
    public Builder kvFormat(KvFormat format) {
      kvFormat = format;
      return this;
    }

    /** Where compressed models are unpacked. */
    public Builder cacheFolder(Path folder) {
      cacheFolder = Optional.of(folder);
      return this;
    }

    /** Answers computed at a time; 0 for the usual number. */
    public Builder maxAnswers(int count) {
      maxAnswers = count;
      return this;
    }

    /** Answers that may wait for their turn; 0 for the usual number. */
    public Builder maxWaiting(int count) {
      maxWaiting = count;
      return this;
    }

    /** Settings that only some engines look at, such as which implementation an op uses. */
    public Builder engineSettings(EngineSettings settings) {
      engineSettings = settings;
      return this;
    }

    /** Listens to unpacking and loading. */
    public Builder progress(Progress listener) {
      progress = listener;
      return this;
    }

    /** The options. */
    public ModelOptions build() {
      return new ModelOptions(
          engine,
          threads,
          contextLength,
          cacheTokens,
          kvFormat,
          cacheFolder,
          maxAnswers,
          maxWaiting,
          engineSettings,
          progress);
    }
  }
}
