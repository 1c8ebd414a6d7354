package io.firesteel.model.cpu;

import static io.firesteel.model.cpu.DotKernel.LANES;
import static io.firesteel.model.cpu.DotKernel.SPECIES;

import io.firesteel.model.kv.KvCodec;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.Rope;
import io.firesteel.model.ops.RopeKv;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Head norms, rotation and the append to the cache, row by row. */
final class RopeKernel {
  private static final int TASK_ROWS = 4;

  private Rotations rotations =
      new Rotations(new int[0], new float[0], 1, new float[0], new float[0]);

  /**
   * Cosines and sines of a step, which all layers share: for row {@code r} and pair {@code i} at
   * {@code r * frequencies.length + i}. Angles are computed in double precision, because a float's
   * error grows with the position.
   */
  private record Rotations(
      int[] positions, float[] frequencies, float magnitude, float[] cos, float[] sin) {
    static Rotations of(int[] positions, Rope rope, WorkerPool pool) {
      int pairs = rope.frequencies().length;
      float[] cos = new float[positions.length * pairs];
      float[] sin = new float[positions.length * pairs];
      pool.run(
          positions.length,
          (row, worker) -> {
            for (int i = 0; i < pairs; i++) {
              double angle = (double) positions[row] * rope.frequencies()[i];
              cos[row * pairs + i] = (float) (Math.cos(angle) * rope.magnitude());
              sin[row * pairs + i] = (float) (Math.sin(angle) * rope.magnitude());
            }
          });
      return new Rotations(
          positions.clone(), rope.frequencies().clone(), rope.magnitude(), cos, sin);
    }

    boolean fits(int[] otherPositions, Rope rope) {
      return magnitude == rope.magnitude()
          && Arrays.equals(positions, otherPositions)
          && Arrays.equals(frequencies, rope.frequencies());
    }
  }

  void run(RopeKv call, Team team) {
    int[] positions = call.at().positions();
    if (!rotations.fits(positions, call.rope())) {
      rotations = Rotations.of(positions, call.rope(), team.pool());
    }
    team.pool()
        .run(
            Math.ceilDiv(call.rows(), TASK_ROWS),
            (block, worker) -> {
              int end = Math.min(call.rows(), (block + 1) * TASK_ROWS);
              for (int row = block * TASK_ROWS; row < end; row++) {
                row(call, row, team.arithmetic());
              }
            });
  }

  private void row(RopeKv call, int row, Arithmetic arithmetic) {
    Heads heads = call.heads();
    Rope rope = call.rope();
    int size = heads.size();
    int rotation = row * rope.frequencies().length;
    for (int head = 0; head < heads.queries(); head++) {
      prepare(
          call.q(),
          row * heads.queryWidth() + head * size,
          size,
          call.queryNorm(),
          rope,
          rotation,
          arithmetic);
    }
    KvLayout layout = call.cache().layout();
    KvCodec codec = new KvCodec(layout);
    int position = call.at().positions()[row];
    MemorySegment page = call.cache().page(call.at().page(row, position, layout));
    int slot = position % layout.pageTokens();
    for (int head = 0; head < heads.keyValues(); head++) {
      int at = row * heads.keyValueWidth() + head * size;
      prepare(call.k(), at, size, call.keyNorm(), rope, rotation, arithmetic);
      codec.writeKey(page, head, slot, call.k(), at);
      codec.writeValue(page, head, slot, call.v(), at);
    }
  }

  private void prepare(
      float[] x, int at, int size, Norm norm, Rope rope, int rotation, Arithmetic arithmetic) {
    if (norm.weight().length > 0) {
      arithmetic.norm(x, at, size, norm, x, at);
    }
    switch (rope.pairing()) {
      case NEOX -> rotateHalves(x, at, rope.frequencies().length, rotation);
      case NORMAL -> rotateNeighbours(x, at, rope.frequencies().length, rotation);
    }
  }

  private void rotateHalves(float[] x, int at, int pairs, int rotation) {
    float[] cos = rotations.cos();
    float[] sin = rotations.sin();
    int i = 0;
    for (; i <= pairs - LANES; i += LANES) {
      FloatVector a = FloatVector.fromArray(SPECIES, x, at + i);
      FloatVector b = FloatVector.fromArray(SPECIES, x, at + pairs + i);
      FloatVector c = FloatVector.fromArray(SPECIES, cos, rotation + i);
      FloatVector s = FloatVector.fromArray(SPECIES, sin, rotation + i);
      a.mul(c).sub(b.mul(s)).intoArray(x, at + i);
      b.mul(c).add(a.mul(s)).intoArray(x, at + pairs + i);
    }
    for (; i < pairs; i++) {
      rotate(x, at + i, at + pairs + i, cos[rotation + i], sin[rotation + i]);
    }
  }

  private void rotateNeighbours(float[] x, int at, int pairs, int rotation) {
    for (int i = 0; i < pairs; i++) {
      rotate(
          x,
          at + 2 * i,
          at + 2 * i + 1,
          rotations.cos()[rotation + i],
          rotations.sin()[rotation + i]);
    }
  }

  private static void rotate(float[] x, int first, int second, float cos, float sin) {
    float a = x[first];
    float b = x[second];
    x[first] = a * cos - b * sin;
    x[second] = b * cos + a * sin;
  }
}
