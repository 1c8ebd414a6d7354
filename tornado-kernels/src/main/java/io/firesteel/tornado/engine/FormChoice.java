package io.firesteel.tornado.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Sample;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.SdkException;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which form each op takes: what is set for op and type, else what is set for the op, else
 * hand-written PTX where there is some, except for embeddings, which are a copy of one row.
 */
public final class FormChoice {
  /** Ops whose Java kernels are as fast. On backends other than PTX it is all of them. */
  private static final Set<Op> IN_JAVA = EnumSet.of(Op.EMBED);

  private final Map<String, String> settings;
  private final Backend backend;

  /**
   * A choice.
   *
   * @param settings keys {@code op} or {@code op.type}, values {@code java} or {@code ptx}
   * @throws SdkException if PTX is asked for on another backend
   */
  public FormChoice(Map<String, String> settings, Backend backend) throws SdkException {
    this.settings = settings;
    this.backend = backend;
    for (Map.Entry<String, String> entry : settings.entrySet()) {
      if (entry.getValue().equals(Form.PTX.label()) && backend != Backend.PTX) {
        throw new SdkException(
            "tornado.properties has op.%s = ptx, which the %s backend cannot run"
                .formatted(entry.getKey(), backend.label()),
            "set it to java, or tornado.backend to ptx");
      }
    }
  }

  /** Whether the settings name a form for the call's op. */
  public boolean isSet(OpCall call) {
    return settings.containsKey(key(call)) || settings.containsKey(call.op().label());
  }

  /** The form wished for a call. */
  public Form of(OpCall call) {
    String op = call.op().label();
    String set = settings.getOrDefault(key(call), settings.get(op));
    if (set != null) {
      return Form.valueOf(set.toUpperCase(Locale.ROOT));
    }
    return backend != Backend.PTX || IN_JAVA.contains(call.op()) ? Form.JAVA : Form.PTX;
  }

  /** The key of a call's op and type, such as {@code expert_in.q4_k}. */
  public static String key(OpCall call) {
    return call.op().label() + "." + type(call);
  }

  /** What tells calls of an op apart: the weights' type (of the first matrix), or the cache's. */
  static String type(OpCall call) {
    return switch (call) {
      case Embed c -> label(c.table().type());
      case AttnIn c -> label(c.query().matrix().type());
      case RopeKv c -> label(c.cache().layout().format());
      case Attention c -> label(c.cache().layout().format());
      case AttnOut c -> label(c.output().matrix().type());
      case Router c -> label(c.gate().type());
      case ExpertIn c -> label(c.gate().type());
      case ExpertOut c -> label(c.down().type());
      case Logits c -> label(c.output().type());
      case Sample c -> label(TensorType.F32);
    };
  }

  private static String label(Enum<?> type) {
    return type.name().toLowerCase(Locale.ROOT);
  }
}
