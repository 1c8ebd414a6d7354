package io.firesteel.model.cpu;

import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.ExpertOut;

/**
 * The experts' projections. Rows are grouped by expert, so that each tile of weights is dequantised
 * once.
 */
final class ExpertKernel {
  private ExpertKernel() {}

  /**
   * Gate and up projections and SwiGLU: a task is some outputs of one expert, for all rows that
   * chose it.
   */
  static void in(ExpertIn call, Team team) {
    Activations x = Activations.normed(call.x(), call.gate().columns(), call.norm(), team);
    ExpertGroups groups = ExpertGroups.of(call.experts(), call.gate().experts());
    int width = call.gate().rows();
    int rowsPerGroup = Math.ceilDiv(call.experts().length, groups.count());
    int taskRows = LinearKernel.taskRows(2 * call.gate().columns(), rowsPerGroup);
    int tasks = Math.ceilDiv(width, taskRows);
    team.pool()
        .run(
            groups.count() * tasks,
            (index, worker) -> {
              int group = index / tasks;
              int begin = index % tasks * taskRows;
              int[] entries = groups.entries()[group];
              int[] at = new int[entries.length];
              for (int i = 0; i < at.length; i++) {
                at[i] = x.at()[entries[i] / call.active()];
              }
              Activations own = new Activations(x.values(), at, at.length);
              for (int first = begin;
                  first < Math.min(width, begin + taskRows);
                  first += WeightTile.ROWS) {
                gatedTile(
                    call,
                    groups.experts()[group],
                    entries,
                    own,
                    first,
                    team.scratch()[worker],
                    team.arithmetic());
              }
            });
  }

  private static void gatedTile(
      ExpertIn call,
      int expert,
      int[] entries,
      Activations x,
      int first,
      Scratch scratch,
      Arithmetic arithmetic) {
    int width = call.gate().rows();
    int rows = Math.min(WeightTile.ROWS, width - first);
    int padded = WeightTile.padded(rows);
    int elements = x.count() * padded;
    float[] gate = scratch.sums(elements + DotKernel.LANES);
    float[] up = scratch.otherSums(elements + DotKernel.LANES);
    multiply(call.gate(), expert, first, rows, x, gate, scratch, arithmetic);
    multiply(call.up(), expert, first, rows, x, up, scratch, arithmetic);
    arithmetic.swiglu(gate, up, elements);
    for (int i = 0; i < entries.length; i++) {
      System.arraycopy(gate, i * padded, call.activations(), entries[i] * width + first, rows);
    }
  }

  /**
   * Down projections, weighted and added: a task is a tile of outputs, for all rows and experts.
   */
  static void out(ExpertOut call, Team team) {
    Activations activations = Activations.of(call.activations(), call.down().columns());
    ExpertGroups groups = ExpertGroups.of(call.experts(), call.down().experts());
    Activations[] own = new Activations[groups.count()];
    for (int group = 0; group < own.length; group++) {
      int[] entries = groups.entries()[group];
      int[] at = new int[entries.length];
      for (int i = 0; i < at.length; i++) {
        at[i] = activations.at()[entries[i]];
      }
      own[group] = new Activations(activations.values(), at, at.length);
    }
    team.pool()
        .run(
            Math.ceilDiv(call.down().rows(), WeightTile.ROWS),
            (tile, worker) ->
                downTile(
                    call,
                    groups,
                    own,
                    tile * WeightTile.ROWS,
                    team.scratch()[worker],
                    team.arithmetic()));
  }

  private static void downTile(
      ExpertOut call,
      ExpertGroups groups,
      Activations[] x,
      int first,
      Scratch scratch,
      Arithmetic arithmetic) {
    int rows = Math.min(WeightTile.ROWS, call.down().rows() - first);
    int padded = WeightTile.padded(rows);
    float[] all = scratch.otherSums(call.experts().length * padded);
    for (int group = 0; group < groups.count(); group++) {
      float[] sums = scratch.sums(x[group].count() * padded);
      multiply(
          call.down(), groups.experts()[group], first, rows, x[group], sums, scratch, arithmetic);
      int[] entries = groups.entries()[group];
      for (int i = 0; i < entries.length; i++) {
        System.arraycopy(sums, i * padded, all, entries[i] * padded, padded);
      }
    }
    for (int row = 0; row < call.rows(); row++) {
      addWeighted(call, all, row, padded, first, rows);
    }
  }

  /**
   * Adds one row's experts in the order in which they were chosen, whatever order they were
   * computed in.
   */
  private static void addWeighted(
      ExpertOut call, float[] all, int row, int pitch, int first, int rows) {
    int hidden = call.down().rows();
    int active = call.active();
    for (int i = 0; i < rows; i++) {
      float sum = 0;
      for (int slot = row * active; slot < (row + 1) * active; slot++) {
        sum += call.weights()[slot] * all[slot * pitch + i];
      }
      call.x()[row * hidden + first + i] += sum;
    }
  }

  private static void multiply(
      ExpertMatrix matrix,
      int expert,
      int first,
      int rows,
      Activations x,
      float[] sums,
      Scratch scratch,
      Arithmetic arithmetic) {
    long firstRow = (long) expert * matrix.rows() + first;
    WeightTile.multiply(
        matrix.type(),
        matrix.data(),
        firstRow,
        rows,
        matrix.columns(),
        x,
        sums,
        scratch,
        arithmetic);
  }
}
