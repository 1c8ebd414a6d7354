package io.firesteel.tornado.kernels;

import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.ops.Sample;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * One call of an op with its operands in TornadoVM arrays: the launches that compute it, ready to
 * be run by the JVM device or held by a task graph.
 *
 * @param op the op on the arrays
 * @param tasks the launches, in order
 * @param results copies the outputs back into the call's arrays
 */
public record BoundOp(ArrayOp op, List<KernelTask> tasks, Runnable results) {
  /** Splits of a short sequence: few, so that some have several tiles. */
  private static final int SPLITS = 3;

  /** Positions from which on a sequence is split as the engine splits it, as time counts then. */
  private static final int LONG = 512;

  private BoundOp(ArrayOp op, Runnable results) {
    this(op, op.tasks(), results);
  }

  /** Whether there are kernels for a call, judged by op, types and shapes. */
  public static boolean isSupported(OpCall call) {
    return switch (call) {
      case Embed c -> Weights.isSupported(c.table().type());
      case AttnIn c ->
          Weights.isSupported(c.query().matrix().type())
              && Weights.isSupported(c.key().matrix().type())
              && Weights.isSupported(c.value().matrix().type());
      case RopeKv c -> KvArrays.isSupported(c.cache().layout()) && RopeKvOp.isSupported(c);
      case Attention c -> KvArrays.isSupported(c.cache().layout());
      case AttnOut c -> Weights.isSupported(c.output().matrix().type());
      case Router c -> c.gate().rows() <= RouterOp.MAX_EXPERTS;
      case ExpertIn c -> ExpertInOp.isSupported(c.gate().type(), c.up().type());
      case ExpertOut c -> Weights.isSupported(c.down().type());
      case Logits c -> Weights.isSupported(c.output().type());
      case Sample c -> SampleOp.isSupported(c.parameters(), c.vocabulary());
    };
  }

  /**
   * Puts a call's operands into arrays.
   *
   * @throws UnsupportedOperationException if {@link #isSupported} is false
   */
  public static BoundOp of(OpCall call) {
    if (!isSupported(call)) {
      throw new UnsupportedOperationException(
          "the Java kernels do not support this call of " + call.op().label() + ": " + call);
    }
    return switch (call) {
      case Embed c -> embed(c);
      case AttnIn c -> attnIn(c);
      case RopeKv c -> ropeKv(c);
      case Attention c -> attention(c);
      case AttnOut c -> attnOut(c);
      case Router c -> router(c);
      case ExpertIn c -> expertIn(c);
      case ExpertOut c -> expertOut(c);
      case Logits c -> logits(c);
      case Sample c -> sample(c);
    };
  }

  private static BoundOp embed(Embed c) {
    FloatArray x = new FloatArray(c.x().length);
    return new BoundOp(
        ArrayOp.embed(Weights.of(c.table()), IntArray.fromArray(c.tokens()), x),
        () -> copy(x, c.x()));
  }

  private static BoundOp attnIn(AttnIn c) {
    FloatArray q = new FloatArray(c.q().length);
    FloatArray k = new FloatArray(c.k().length);
    FloatArray v = new FloatArray(c.v().length);
    return new BoundOp(
        ArrayOp.attnIn(
            FloatArray.fromArray(c.x()),
            weight(c.norm()),
            c.norm().epsilon(),
            Projection.of(c.query()),
            Projection.of(c.key()),
            Projection.of(c.value()),
            q,
            k,
            v),
        () -> {
          copy(q, c.q());
          copy(k, c.k());
          copy(v, c.v());
        });
  }

  private static BoundOp ropeKv(RopeKv c) {
    FloatArray q = FloatArray.fromArray(c.q());
    KvArrays cache = cache(c.cache(), c.at());
    return new BoundOp(
        ArrayOp.ropeKv(
            c.heads(),
            q,
            FloatArray.fromArray(c.k()),
            FloatArray.fromArray(c.v()),
            headNorm(c.queryNorm()),
            headNorm(c.keyNorm()),
            RopeArrays.of(c.rope()),
            cache),
        () -> {
          copy(q, c.q());
          MemorySegment pages = c.cache().data();
          MemorySegment.copy(cache.data().getSegment(), 0, pages, 0, pages.byteSize());
        });
  }

  private static BoundOp attention(Attention c) {
    FloatArray out = new FloatArray(c.out().length);
    int context = Arrays.stream(c.at().positions()).max().orElse(0) + 1;
    int splits = context < LONG ? SPLITS : AttentionOp.splits(c.heads(), c.rows(), context);
    return new BoundOp(
        ArrayOp.attention(
            c.heads(),
            FloatArray.fromArray(c.q()),
            cache(c.cache(), c.at()),
            c.scale(),
            c.window(),
            out,
            splits),
        () -> copy(out, c.out()));
  }

  private static BoundOp attnOut(AttnOut c) {
    FloatArray x = FloatArray.fromArray(c.x());
    return new BoundOp(
        ArrayOp.attnOut(FloatArray.fromArray(c.attention()), Projection.of(c.output()), x),
        () -> copy(x, c.x()));
  }

  private static BoundOp router(Router c) {
    IntArray experts = new IntArray(c.experts().length);
    FloatArray weights = new FloatArray(c.weights().length);
    return new BoundOp(
        ArrayOp.router(
            FloatArray.fromArray(c.x()),
            weight(c.norm()),
            c.norm().epsilon(),
            Weights.widened(c.gate()),
            c.gating(),
            experts,
            weights),
        () -> {
          copy(experts, c.experts());
          copy(weights, c.weights());
        });
  }

  private static BoundOp expertIn(ExpertIn c) {
    FloatArray activations = new FloatArray(c.activations().length);
    return new BoundOp(
        ArrayOp.expertIn(
            FloatArray.fromArray(c.x()),
            weight(c.norm()),
            c.norm().epsilon(),
            IntArray.fromArray(c.experts()),
            Weights.of(c.gate()),
            Weights.of(c.up()),
            activations),
        () -> copy(activations, c.activations()));
  }

  private static BoundOp expertOut(ExpertOut c) {
    FloatArray x = FloatArray.fromArray(c.x());
    return new BoundOp(
        ArrayOp.expertOut(
            FloatArray.fromArray(c.activations()),
            IntArray.fromArray(c.experts()),
            FloatArray.fromArray(c.weights()),
            Weights.of(c.down()),
            x),
        () -> copy(x, c.x()));
  }

  private static BoundOp logits(Logits c) {
    FloatArray logits = new FloatArray(c.logits().length);
    return new BoundOp(
        ArrayOp.logits(
            FloatArray.fromArray(c.x()),
            weight(c.norm()),
            c.norm().epsilon(),
            Weights.of(c.output()),
            logits),
        () -> copy(logits, c.logits()));
  }

  private static BoundOp sample(Sample c) {
    IntArray tokens = new IntArray(c.rows());
    FloatArray logits = FloatArray.fromArray(c.logits());
    return new BoundOp(
        c.parameters().plainGreedy()
            ? ArrayOp.sampleGreedy(logits, tokens)
            : ArrayOp.sample(logits, chances(c), tokens),
        () -> copy(tokens, c.tokens()));
  }

  private static Chances chances(Sample c) {
    int longest = Arrays.stream(c.recent()).mapToInt(recent -> recent.length).max().orElse(0);
    Chances chances = Chances.of(c.rows(), Chances.named(c.parameters(), longest));
    for (int row = 0; row < c.rows(); row++) {
      chances.set(row, c.parameters(), c.vocabulary(), c.recent()[row], c.draws()[row]);
    }
    return chances;
  }

  private static FloatArray weight(Norm norm) {
    return FloatArray.fromArray(norm.weight());
  }

  private static Optional<RopeKvOp.HeadNorm> headNorm(Norm norm) {
    return norm.weight().length == 0
        ? Optional.empty()
        : Optional.of(new RopeKvOp.HeadNorm(weight(norm), norm.epsilon()));
  }

  private static KvArrays cache(KvPool pool, Rows at) {
    KvLayout layout = pool.layout();
    IntArray data = new IntArray(Math.toIntExact(pool.data().byteSize() / Integer.BYTES));
    MemorySegment.copy(pool.data(), 0, data.getSegment(), 0, pool.data().byteSize());
    int stride = Arrays.stream(at.pageTables()).mapToInt(t -> t.length).max().orElseThrow();
    IntArray tables = new IntArray(at.pageTables().length * stride);
    tables.init(0);
    for (int s = 0; s < at.pageTables().length; s++) {
      for (int i = 0; i < at.pageTables()[s].length; i++) {
        tables.set(s * stride + i, at.pageTables()[s][i]);
      }
    }
    return new KvArrays(
        layout,
        data,
        tables,
        stride,
        IntArray.fromArray(at.sequences()),
        IntArray.fromArray(at.positions()));
  }

  private static void copy(FloatArray from, float[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from.get(i);
    }
  }

  private static void copy(IntArray from, int[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from.get(i);
    }
  }
}
