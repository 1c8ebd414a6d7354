package io.firesteel.model.sampling;

import java.util.Arrays;

/**
 * Makes tokens that occurred lately less likely. A token that occurs {@code n > 0} times among the
 * latest ones has its logit divided by {@code repeat} if positive, else multiplied by it (Keskar et
 * al.: "CTRL", 2019), and then lowered by {@code n * frequency + presence}.
 *
 * @param lastTokens how many of the latest tokens count, prompt included; 0 for none, -1 for all
 * @param repeat greater than 0; 1 changes nothing
 * @param frequency finite; 0 changes nothing
 * @param presence finite; 0 changes nothing
 */
public record Penalties(int lastTokens, float repeat, float frequency, float presence)
    implements SamplingStage {
  /** Changes nothing, and would look at the latest 64 tokens. */
  public static final Penalties NONE = new Penalties(64, 1, 0, 0);

  /** Checks the ranges stated above. */
  public Penalties {
    Range.require("lastTokens", lastTokens, -1, Integer.MAX_VALUE);
    Range.requirePositive("repeat penalty", repeat);
    Range.requireFinite("frequency penalty", frequency);
    Range.requireFinite("presence penalty", presence);
  }

  @Override
  public boolean active() {
    return lastTokens != 0 && (repeat != 1 || frequency != 0 || presence != 0);
  }

  @Override
  public void apply(Candidates candidates, History history, Draw draw) {
    int[] latest = history.last(lastTokens).tokens();
    Arrays.sort(latest);
    for (int first = 0, end; first < latest.length; first = end) {
      end = first + 1;
      while (end < latest.length && latest[end] == latest[first]) {
        end++;
      }
      int index = candidates.find(latest[first]);
      if (index >= 0) {
        candidates.change(index, penalised(candidates.logit(index), end - first));
      }
    }
  }

  private float penalised(float logit, int count) {
    float scaled = logit <= 0 ? logit * repeat : logit / repeat;
    return scaled - (count * frequency + presence);
  }
}
