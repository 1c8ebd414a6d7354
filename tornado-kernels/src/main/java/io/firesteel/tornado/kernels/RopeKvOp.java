package io.firesteel.tornado.kernels;

import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.RopeKv;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Per-head norms where the model has them, rotation of queries and keys, append to the cache. */
public final class RopeKvOp {
  private RopeKvOp() {}

  /**
   * RMSNorm over each head.
   *
   * @param weight one factor for each element of a head
   * @param epsilon added to the mean square
   */
  public record HeadNorm(FloatArray weight, float epsilon) {}

  /** Whether there is a kernel for the norms: their epsilons are one argument. */
  static boolean isSupported(RopeKv call) {
    Norm query = call.queryNorm();
    Norm key = call.keyNorm();
    return query.weight().length == 0
        || key.weight().length == 0
        || query.epsilon() == key.epsilon();
  }

  /**
   * The launches.
   *
   * @param q queries, {@code rows * heads.queryWidth()}; normed and rotated in place
   * @param k keys, likewise
   * @param v values
   * @throws IllegalArgumentException if the norms have different epsilons
   */
  public static List<KernelTask> tasks(
      Heads heads,
      FloatArray q,
      FloatArray k,
      FloatArray v,
      Optional<HeadNorm> queryNorm,
      Optional<HeadNorm> keyNorm,
      RopeArrays rope,
      KvArrays cache,
      int rows) {
    return List.of(RopeAppend.task(heads, q, k, v, queryNorm, keyNorm, rope, cache, rows));
  }
}
