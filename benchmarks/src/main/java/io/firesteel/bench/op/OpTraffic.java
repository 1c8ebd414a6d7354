package io.firesteel.bench.op;

import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.ops.WeightMatrix;
import java.util.Arrays;

/** The bytes that a call must move: weights and cache once, activations in and out. */
final class OpTraffic {
  private OpTraffic() {}

  /** Bytes of all operands that a call must read or write at least once. */
  static long bytes(OpCall call) {
    return switch (call) {
      case Embed c -> c.rows() * c.table().rowBytes() + floats(c.x());
      case AttnIn c ->
          bytes(c.query().matrix())
              + bytes(c.key().matrix())
              + bytes(c.value().matrix())
              + floats(c.x(), c.q(), c.k(), c.v());
      case RopeKv c -> floats(c.q(), c.q(), c.k(), c.v()) + c.rows() * token(c.cache().layout());
      case Attention c -> floats(c.q(), c.out()) + seen(c) * token(c.cache().layout());
      case AttnOut c -> bytes(c.output().matrix()) + floats(c.attention(), c.x(), c.x());
      case Router c -> bytes(c.gate()) + floats(c.x());
      case ExpertIn c ->
          bytes(c.gate(), c.experts())
              + bytes(c.up(), c.experts())
              + floats(c.x(), c.activations());
      case ExpertOut c -> bytes(c.down(), c.experts()) + floats(c.activations(), c.x(), c.x());
      case Logits c -> bytes(c.output()) + floats(c.x(), c.logits());
      case Sample c -> floats(c.logits());
    };
  }

  private static long seen(Attention call) {
    long seen = 0;
    for (int position : call.at().positions()) {
      seen += call.window() > 0 ? Math.min(call.window(), position + 1) : position + 1;
    }
    return seen;
  }

  private static long token(KvLayout layout) {
    return layout.pageBytes() / layout.pageTokens();
  }

  private static long bytes(WeightMatrix matrix) {
    return matrix.data().byteSize();
  }

  /** Experts that several rows choose are counted once. */
  private static long bytes(ExpertMatrix matrix, int[] chosen) {
    return Arrays.stream(chosen).distinct().count() * (matrix.data().byteSize() / matrix.experts());
  }

  private static long floats(float[]... arrays) {
    return Arrays.stream(arrays).mapToLong(array -> (long) array.length * Float.BYTES).sum();
  }
}
