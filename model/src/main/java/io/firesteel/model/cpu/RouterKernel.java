package io.firesteel.model.cpu;

import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Router;
import java.util.List;

/**
 * Gate projection and choice of experts. Scores rise with gate outputs, so these decide the choice.
 */
final class RouterKernel {
  private RouterKernel() {}

  static void run(Router call, Team team) {
    Activations x = Activations.normed(call.x(), call.gate().columns(), call.norm(), team);
    int experts = call.gate().rows();
    float[] gates = new float[call.rows() * experts];
    LinearKernel.run(
        x, List.of(new LinearKernel.Product(new Projection(call.gate()), gates, false)), team);
    for (int row = 0; row < call.rows(); row++) {
      choose(call, gates, row * experts, experts, row * call.gating().active());
    }
  }

  private static void choose(Router call, float[] gates, int from, int experts, int to) {
    Gating gating = call.gating();
    boolean[] taken = new boolean[experts];
    double[] scores = new double[gating.active()];
    for (int i = 0; i < scores.length; i++) {
      int best = -1;
      for (int e = 0; e < experts; e++) {
        if (!taken[e] && (best < 0 || gates[from + e] > gates[from + best])) {
          best = e;
        }
      }
      taken[best] = true;
      call.experts()[to + i] = best;
      scores[i] = score(gating.score(), gates[from + best], gates[from + call.experts()[to]]);
    }
    double divisor =
        divisor(gating, scores, gates, from, experts, gates[from + call.experts()[to]]);
    for (int i = 0; i < scores.length; i++) {
      call.weights()[to + i] = (float) (scores[i] / divisor * gating.scale());
    }
  }

  private static double score(Gating.Score kind, float gate, float largest) {
    return switch (kind) {
      case SOFTMAX -> Math.exp((double) gate - largest);
      case SIGMOID -> 1 / (1 + Math.exp(-(double) gate));
    };
  }

  /**
   * What the scores are divided by: softmax scores are not yet divided by the sum over all experts.
   */
  private static double divisor(
      Gating gating, double[] scores, float[] gates, int from, int experts, float largest) {
    double sum = 0;
    if (gating.weighting() == Gating.Weighting.NORMALIZED) {
      for (double score : scores) {
        sum += score;
      }
      return sum;
    }
    if (gating.score() == Gating.Score.SIGMOID) {
      return 1;
    }
    for (int e = 0; e < experts; e++) {
      sum += Math.exp((double) gates[from + e] - largest);
    }
    return sum;
  }
}
