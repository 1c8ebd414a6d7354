package io.firesteel.model;

import io.firesteel.loader.Gguf;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The small mixture-of-experts model that ships with Firesteel, as an artifact of its own: a Qwen3
 * MoE of 14 MB, trained to answer sums, call tools and tell short stories.
 */
public final class EmbeddedModel {
  /** What to call it in messages. */
  public static final String NAME = "tiny-moe-q4_k_m.gguf (embedded)";

  private static final String FOLDER = "/io/firesteel/tinymoe/";
  private static final String MODEL = FOLDER + "tiny-moe-q4_k_m.gguf";
  private static final int ALIGNMENT = 64;

  private EmbeddedModel() {}

  /**
   * Reads the model into memory outside the heap, which is freed when nothing refers to it any
   * more.
   *
   * @throws IllegalStateException if the artifact {@code firesteel-tiny-moe} is not on the class
   *     path
   */
  public static Gguf open() {
    try (InputStream in = file()) {
      byte[] bytes = in.readAllBytes();
      MemorySegment image = Arena.ofAuto().allocate(bytes.length, ALIGNMENT);
      MemorySegment.copy(MemorySegment.ofArray(bytes), 0, image, 0, bytes.length);
      return Gguf.of(NAME, image);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The bytes of the model's file.
   *
   * @throws IllegalStateException if the artifact {@code firesteel-tiny-moe} is not on the class
   *     path
   */
  public static InputStream file() {
    return resource(MODEL);
  }

  /**
   * The 360 scored items that the model was made to answer, one JSON object a line.
   *
   * @throws IllegalStateException if the artifact {@code firesteel-tiny-moe} is not on the class
   *     path
   */
  public static InputStream evaluationItems() {
    return resource(FOLDER + "eval.jsonl");
  }

  /**
   * Text that the model was not trained on, for perplexity.
   *
   * @throws IllegalStateException if the artifact {@code firesteel-tiny-moe} is not on the class
   *     path
   */
  public static InputStream heldOutText() {
    return resource(FOLDER + "heldout.txt");
  }

  private static InputStream resource(String name) {
    InputStream in = EmbeddedModel.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(
          name + " is not on the class path; add the artifact io.firesteel:firesteel-tiny-moe");
    }
    return in;
  }
}
