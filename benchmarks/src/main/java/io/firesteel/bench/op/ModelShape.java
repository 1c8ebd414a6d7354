package io.firesteel.bench.op;

import io.firesteel.model.ops.Heads;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sizes of a model, as far as ops see them.
 *
 * @param name what it is called on command lines and in results
 * @param hidden width of the hidden state
 * @param heads shape of the attention
 * @param experts number of experts; 1 for a dense model
 * @param active experts chosen for a token
 * @param width width of an expert
 * @param vocabulary number of tokens
 */
public record ModelShape(
    String name, int hidden, Heads heads, int experts, int active, int width, int vocabulary) {
  /** The shapes that are measured unless others are asked for, and those that can be. */
  public static final List<ModelShape> KNOWN =
      List.of(
          new ModelShape("qwen3-30b-a3b", 2048, new Heads(32, 4, 128), 128, 8, 768, 151_936),
          new ModelShape("qwen3-0.6b", 1024, new Heads(16, 8, 128), 1, 1, 3072, 151_936),
          new ModelShape("llama-3.2-1b", 2048, new Heads(32, 8, 64), 1, 1, 8192, 128_256),
          new ModelShape("tiny", 256, new Heads(4, 2, 64), 8, 2, 256, 512));

  /** Whether it has a router. */
  public boolean isMixture() {
    return experts > 1;
  }

  /**
   * Finds a shape by its name.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static ModelShape named(String name) {
    return KNOWN.stream()
        .filter(shape -> shape.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no shape \"%s\", expected %s".formatted(name, names())));
  }

  private static String names() {
    return KNOWN.stream().map(ModelShape::name).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return name;
  }
}
