package io.firesteel.model.synthetic;

import java.util.Optional;

/**
 * The numbers of a model.
 *
 * @param name for {@code general.name}
 * @param architecture which tensors a layer has
 * @param layers number of transformer layers
 * @param hidden width of the hidden state
 * @param feedForward inner width of a dense layer; only metadata where there are experts
 * @param heads query heads
 * @param kvHeads key and value heads, of which {@code heads} is a multiple
 * @param headSize elements of a head, even
 * @param experts the mixture of experts; there if and only if the architecture has one
 * @param vocabulary number of tokens
 * @param context positions that the model is made for
 * @param tied whether the embedding table is the output head as well
 * @param epsilon added to the mean square in RMSNorm
 * @param ropeBase base of the rotary frequencies
 * @param ropeScaling frequency factors, for Llama 3.1 and later
 */
public record Shape(
    String name,
    Architecture architecture,
    int layers,
    int hidden,
    int feedForward,
    int heads,
    int kvHeads,
    int headSize,
    Optional<Experts> experts,
    int vocabulary,
    int context,
    boolean tied,
    double epsilon,
    double ropeBase,
    Optional<RopeScaling> ropeScaling) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the number that is wrong and what it may be
   */
  public Shape {
    require(layers >= 1 && layers <= 10_000, "layers", layers, "1 to 10000");
    require(hidden >= 1, "hidden width", hidden, "at least 1");
    require(feedForward >= 1, "feed-forward width", feedForward, "at least 1");
    require(kvHeads >= 1, "KV heads", kvHeads, "at least 1");
    require(heads >= 1 && heads % kvHeads == 0, "heads", heads, "a multiple of " + kvHeads);
    require(headSize >= 2 && headSize % 2 == 0, "head size", headSize, "an even number");
    require(vocabulary >= 1, "vocabulary", vocabulary, "at least 1");
    require(context >= 1, "context", context, "at least 1");
    if (experts.isPresent() != architecture.isMixture()) {
      throw new IllegalArgumentException(
          architecture.label() + (experts.isPresent() ? " has no experts" : " needs experts"));
    }
    boolean shared = experts.map(Experts::sharedWidth).orElse(0) > 0;
    if (shared != architecture.sharesExpert()) {
      throw new IllegalArgumentException(
          architecture.label()
              + (shared ? " has no shared expert" : " needs the width of a shared expert"));
    }
  }

  static void require(boolean holds, String what, long found, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(what + " " + found + ", expected " + expected);
    }
  }

  /** Width of all query heads together. */
  int queryWidth() {
    return heads * headSize;
  }

  /** Width of all key (or value) heads together. */
  int kvWidth() {
    return kvHeads * headSize;
  }
}
