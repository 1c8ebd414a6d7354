package io.firesteel.tornado.tune;

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
import io.firesteel.tornado.engine.FormChoice;

/**
 * A call as a token makes it.
 *
 * @param key op and type as {@code tornado.properties} names them, such as {@code expert_in.q4_k}
 * @param shape what else tells it from other calls with the same key, for people
 * @param call the call
 * @param times how often a token makes it
 * @param bytes what it must read from memory
 */
public record CallShape(String key, String shape, OpCall call, int times, long bytes) {
  /** Describes a call that is made once. */
  static CallShape of(OpCall call) {
    return new CallShape(FormChoice.key(call), shape(call), call, 1, bytes(call));
  }

  CallShape oncemore() {
    return new CallShape(key, shape, call, times + 1, bytes);
  }

  private static String shape(OpCall call) {
    return switch (call) {
      case Embed c -> size(c.table());
      case AttnIn c ->
          "%s %s, %s %s, %s %s"
              .formatted(
                  size(c.query().matrix()),
                  c.query().matrix().type(),
                  size(c.key().matrix()),
                  c.key().matrix().type(),
                  size(c.value().matrix()),
                  c.value().matrix().type());
      case RopeKv c -> c.heads().queries() + "/" + c.heads().keyValues() + "x" + c.heads().size();
      case Attention c ->
          "%d/%dx%d at %d"
              .formatted(
                  c.heads().queries(),
                  c.heads().keyValues(),
                  c.heads().size(),
                  c.at().positions()[0] + 1);
      case AttnOut c -> size(c.output().matrix());
      case Router c -> size(c.gate());
      case ExpertIn c -> "%d of %s, up %s".formatted(c.active(), size(c.gate()), c.up().type());
      case ExpertOut c -> "%d of %s".formatted(c.active(), size(c.down()));
      case Logits c -> size(c.output());
      case Sample c -> c.rows() + "x" + c.vocabulary();
    };
  }

  private static String size(WeightMatrix matrix) {
    return matrix.rows() + "x" + matrix.columns();
  }

  private static String size(ExpertMatrix matrix) {
    return matrix.experts() + " of " + matrix.rows() + "x" + matrix.columns();
  }

  private static long bytes(OpCall call) {
    return switch (call) {
      case Embed c -> c.table().rowBytes();
      case AttnIn c ->
          c.query().matrix().data().byteSize()
              + c.key().matrix().data().byteSize()
              + c.value().matrix().data().byteSize();
      case RopeKv c -> Float.BYTES * (long) (c.q().length + c.k().length + c.v().length);
      case Attention c -> cacheBytes(c.cache().layout(), c.at().positions()[0] + 1, c.window());
      case AttnOut c -> c.output().matrix().data().byteSize();
      case Router c -> c.gate().data().byteSize();
      case ExpertIn c -> c.active() * (bytesOfOne(c.gate()) + bytesOfOne(c.up()));
      case ExpertOut c -> c.active() * bytesOfOne(c.down());
      case Logits c -> c.output().data().byteSize();
      case Sample c -> Float.BYTES * (long) c.logits().length;
    };
  }

  private static long bytesOfOne(ExpertMatrix matrix) {
    return matrix.data().byteSize() / matrix.experts();
  }

  private static long cacheBytes(KvLayout layout, int positions, int window) {
    int seen = window > 0 ? Math.min(window, positions) : positions;
    return seen * layout.pageBytes() / layout.pageTokens();
  }
}
