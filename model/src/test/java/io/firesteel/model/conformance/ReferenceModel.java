package io.firesteel.model.conformance;

import io.firesteel.loader.Gguf;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/**
 * The trained model that ships with the project, and what another implementation (in float32, on
 * the dequantised weights) makes of it.
 *
 * @param prompts prompts with their logits and greedy continuations
 * @param trace what happens inside the first layer
 */
public record ReferenceModel(List<Prompt> prompts, Trace trace) {
  /**
   * A prompt.
   *
   * @param name {@code plain}, {@code arithmetic}, {@code story}, {@code facts}, {@code java} or
   *     {@code tools}
   * @param ids its tokens
   * @param lastLogits logits after the last token
   * @param topIds for each position the ten most likely tokens, most likely first
   * @param greedy the greedy continuation
   * @param decided how many tokens of it are beyond doubt: up to the first end of turn
   */
  public record Prompt(
      String name, int[] ids, float[] lastLogits, int[][] topIds, int[] greedy, int decided) {
    /** Whether the continuation has no choice that rounding could tip; stories do. */
    public boolean isDecided() {
      return List.of("arithmetic", "facts", "java", "tools").contains(name);
    }
  }

  /**
   * The first layer's intermediate results for one prompt, a row for each token.
   *
   * @param prompt index of the prompt
   * @param embeddings hidden state before the layer
   * @param experts experts chosen for each token, best first
   * @param weights their weights
   * @param hidden hidden state after the layer
   */
  public record Trace(
      int prompt, float[] embeddings, int[][] experts, float[][] weights, float[] hidden) {}

  private static final String DATA = "/io/firesteel/model/reference/reference.";
  private static final String MODEL = "/io/firesteel/tinymoe/tiny-moe-q4_k_m.gguf";

  /** Reads the reference data. */
  public static ReferenceModel load() {
    JsonNode json = new ObjectMapper().readTree(bytes(DATA + "json"));
    ByteBuffer data = ByteBuffer.wrap(bytes(DATA + "bin")).order(ByteOrder.LITTLE_ENDIAN);
    float[] floats = new float[data.remaining() / Float.BYTES];
    data.asFloatBuffer().get(floats);
    List<Prompt> prompts = new ArrayList<>();
    for (JsonNode prompt : json.get("prompts")) {
      prompts.add(
          new Prompt(
              prompt.get("name").asString(),
              integers(prompt.get("ids")),
              slice(floats, prompt.get("last_logits")),
              integerRows(prompt.get("top10_ids")),
              integers(prompt.get("greedy_ids")),
              prompt.get("greedy_len_to_im_end").asInt()));
    }
    JsonNode trace = json.get("intermediate");
    return new ReferenceModel(
        prompts,
        new Trace(
            trace.get("prompt").asInt(),
            slice(floats, trace.get("embeddings")),
            integerRows(trace.get("router_layer0_ids")),
            floatRows(trace.get("router_layer0_weights")),
            slice(floats, trace.get("hidden_after_layer0"))));
  }

  /** Opens the model itself. */
  public static Gguf open() {
    byte[] image = bytes(MODEL);
    MemorySegment segment = Arena.ofAuto().allocate(image.length, Long.BYTES);
    MemorySegment.copy(image, 0, segment, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, image.length);
    return Gguf.of("tiny-moe-q4_k_m.gguf", segment);
  }

  private static byte[] bytes(String resource) {
    try (InputStream in = ReferenceModel.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("resource " + resource + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static float[] slice(float[] data, JsonNode offsetAndLength) {
    int from = offsetAndLength.get(0).asInt();
    return Arrays.copyOfRange(data, from, from + offsetAndLength.get(1).asInt());
  }

  private static int[] integers(JsonNode array) {
    int[] values = new int[array.size()];
    Arrays.setAll(values, i -> array.get(i).asInt());
    return values;
  }

  private static int[][] integerRows(JsonNode array) {
    int[][] rows = new int[array.size()][];
    Arrays.setAll(rows, i -> integers(array.get(i)));
    return rows;
  }

  private static float[][] floatRows(JsonNode array) {
    float[][] rows = new float[array.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[array.get(i).size()];
      for (int j = 0; j < rows[i].length; j++) {
        rows[i][j] = (float) array.get(i).get(j).asDouble();
      }
    }
    return rows;
  }
}
