package io.firesteel.tornado.kernels;

import io.firesteel.model.ops.Heads;
import java.util.ArrayList;
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

  /**
   * The launches.
   *
   * @param q queries, {@code rows * heads.queryWidth()}; normed and rotated in place
   * @param k keys, likewise
   * @param v values
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
    int size = heads.size();
    List<KernelTask> tasks = new ArrayList<>();
    queryNorm.ifPresent(n -> tasks.add(norm(q, n, rows * heads.queries(), size)));
    keyNorm.ifPresent(n -> tasks.add(norm(k, n, rows * heads.keyValues(), size)));
    tasks.add(Rotate.task(q, rope, cache.positions(), rows, heads.queries(), size));
    tasks.add(Rotate.task(k, rope, cache.positions(), rows, heads.keyValues(), size));
    tasks.add(AppendKv.task(heads, k, v, cache, rows));
    return tasks;
  }

  private static KernelTask norm(FloatArray x, HeadNorm norm, int count, int size) {
    return RmsNorm.task(x, norm.weight(), x, count, size, norm.epsilon());
  }
}
