package io.firesteel.model.arch;

import io.firesteel.loader.GgufException;
import io.firesteel.loader.Metadata;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Rope;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What distinguishes one family of models from another, beyond the numbers in the file. All of them
 * run the decode graph of {@link io.firesteel.model.ops}; to support another family, add its record
 * to {@link #KNOWN}.
 *
 * @param name value of {@code general.architecture}
 * @param pairing which elements of a head are rotated together
 * @param headNorms whether each query and key head has an RMSNorm of its own
 * @param feedForward what follows attention
 * @param weighting weights of chosen experts, where the file has experts and does not say
 */
public record Architecture(
    String name,
    Rope.Pairing pairing,
    boolean headNorms,
    Kind feedForward,
    Gating.Weighting weighting) {
  /** What follows attention in each layer. */
  public enum Kind {
    /** One gated feed-forward network. */
    DENSE,
    /** Routed experts. */
    EXPERTS,
    /** Routed experts, and one that every token passes through, weighed by a gate of its own. */
    EXPERTS_AND_SHARED,
    /** Routed experts if the file counts any, else one network. */
    DENSE_OR_EXPERTS
  }

  private static final List<Architecture> KNOWN =
      List.of(
          new Architecture(
              "qwen3moe", Rope.Pairing.NEOX, true, Kind.EXPERTS, Gating.Weighting.NORMALIZED),
          new Architecture(
              "qwen3", Rope.Pairing.NEOX, true, Kind.DENSE, Gating.Weighting.NORMALIZED),
          new Architecture(
              "qwen2", Rope.Pairing.NEOX, false, Kind.DENSE, Gating.Weighting.NORMALIZED),
          new Architecture(
              "qwen2moe",
              Rope.Pairing.NEOX,
              false,
              Kind.EXPERTS_AND_SHARED,
              Gating.Weighting.AS_SCORED),
          new Architecture(
              "llama",
              Rope.Pairing.NORMAL,
              false,
              Kind.DENSE_OR_EXPERTS,
              Gating.Weighting.NORMALIZED));

  /** All supported families. */
  public static List<Architecture> known() {
    return KNOWN;
  }

  /**
   * The family of a file.
   *
   * @throws GgufException if the file does not say or the family is not supported
   */
  public static Architecture of(Metadata metadata) {
    String name = metadata.string("general.architecture");
    return KNOWN.stream()
        .filter(known -> known.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                metadata.error(
                    "general.architecture",
                    "is \""
                        + name
                        + "\", expected one of "
                        + KNOWN.stream()
                            .map(Architecture::name)
                            .collect(Collectors.joining(", "))));
  }

  /** Whether a file of this family with that many experts routes. */
  boolean routes(long experts) {
    return switch (feedForward) {
      case DENSE -> false;
      case EXPERTS, EXPERTS_AND_SHARED -> true;
      case DENSE_OR_EXPERTS -> experts > 0;
    };
  }
}
