package io.firesteel.bench.op;

import io.firesteel.model.kv.KvCodec;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.reference.ReferenceOps;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How far an implementation's outputs are from the reference's, which computes in double precision:
 * the squared error of all outputs relative to their squared size (NMSE).
 */
final class OpError {
  private final Map<OpCase, Optional<List<float[]>>> references = new HashMap<>();

  /** NMSE of a case; empty for ops that the reference does not compute. */
  OptionalDouble nmse(Ops implementation, OpCase wanted) {
    Optional<List<float[]>> expected = references.computeIfAbsent(wanted, OpError::reference);
    if (expected.isEmpty()) {
      return OptionalDouble.empty();
    }
    try (Arena arena = Arena.ofShared()) {
      OpCall actual = OpOperands.of(wanted, arena);
      implementation.run(actual);
      return OptionalDouble.of(nmse(outputs(actual), expected.get()));
    }
  }

  private static Optional<List<float[]>> reference(OpCase wanted) {
    try (Arena arena = Arena.ofShared()) {
      OpCall call = OpOperands.of(wanted, arena);
      ReferenceOps reference = new ReferenceOps();
      if (!reference.supports(call)) {
        return Optional.empty();
      }
      reference.run(call);
      return Optional.of(outputs(call));
    }
  }

  private static double nmse(List<float[]> actual, List<float[]> expected) {
    double error = 0;
    double power = 0;
    for (int i = 0; i < actual.size(); i++) {
      for (int j = 0; j < actual.get(i).length; j++) {
        double difference = (double) actual.get(i)[j] - expected.get(i)[j];
        error += difference * difference;
        power += (double) expected.get(i)[j] * expected.get(i)[j];
      }
    }
    return error / power;
  }

  private static List<float[]> outputs(OpCall call) {
    return switch (call) {
      case Embed c -> List.of(c.x());
      case AttnIn c -> List.of(c.q(), c.k(), c.v());
      case RopeKv c -> List.of(c.q(), cached(c));
      case Attention c -> List.of(c.out());
      case AttnOut c -> List.of(c.x());
      case Router c -> List.of(byExpert(c));
      case ExpertIn c -> List.of(c.activations());
      case ExpertOut c -> List.of(c.x());
      case Logits c -> List.of(c.logits());
      case Sample c -> List.of(byToken(c));
    };
  }

  /** Weights of all experts, 0 for those not chosen: their order does not count. */
  private static float[] byExpert(Router call) {
    int experts = call.gate().rows();
    float[] weights = new float[call.rows() * experts];
    int active = call.gating().active();
    for (int i = 0; i < call.experts().length; i++) {
      weights[i / active * experts + call.experts()[i]] = call.weights()[i];
    }
    return weights;
  }

  /** 1 for each row's token, 0 for all others: how far apart ids are does not count. */
  private static float[] byToken(Sample call) {
    float[] drawn = new float[call.rows() * call.vocabulary()];
    for (int row = 0; row < call.rows(); row++) {
      drawn[row * call.vocabulary() + call.tokens()[row]] = 1;
    }
    return drawn;
  }

  /** Keys and values that were appended. */
  private static float[] cached(RopeKv call) {
    KvCodec codec = new KvCodec(call.cache().layout());
    int size = call.heads().size();
    int pageTokens = call.cache().layout().pageTokens();
    List<float[]> vectors = new ArrayList<>();
    for (int row = 0; row < call.rows(); row++) {
      int position = call.at().positions()[row];
      var page = call.cache().page(call.at().page(row, position, call.cache().layout()));
      for (int head = 0; head < call.heads().keyValues(); head++) {
        float[] vector = new float[2 * size];
        codec.readKeys(page, head, position % pageTokens, 1, vector, 0);
        codec.readValues(page, head, position % pageTokens, 1, vector, size);
        vectors.add(vector);
      }
    }
    float[] all = new float[vectors.size() * 2 * size];
    for (int i = 0; i < vectors.size(); i++) {
      System.arraycopy(vectors.get(i), 0, all, i * 2 * size, 2 * size);
    }
    return all;
  }
}
