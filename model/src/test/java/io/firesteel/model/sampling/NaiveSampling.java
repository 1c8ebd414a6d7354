package io.firesteel.model.sampling;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The stages as their papers put them: everything sorted, everything in double precision. */
final class NaiveSampling {
  record Token(int id, double logit) {}

  static final Comparator<Token> BEST_FIRST =
      Comparator.comparingDouble((Token t) -> -t.logit()).thenComparingInt(Token::id);

  private NaiveSampling() {}

  static List<Token> tokens(float[] logits) {
    List<Token> tokens = new ArrayList<>();
    for (int i = 0; i < logits.length; i++) {
      tokens.add(new Token(i, logits[i]));
    }
    return tokens;
  }

  static double[] probabilities(List<Token> tokens) {
    double largest = tokens.stream().mapToDouble(Token::logit).max().orElseThrow();
    double[] p = tokens.stream().mapToDouble(t -> Math.exp(t.logit() - largest)).toArray();
    double total = java.util.Arrays.stream(p).sum();
    return java.util.Arrays.stream(p).map(x -> x / total).toArray();
  }

  static List<Token> apply(SamplingStage stage, List<Token> tokens, History history, Draw draw) {
    List<Token> sorted = tokens.stream().sorted(BEST_FIRST).toList();
    return switch (stage) {
      case TopK(int k) -> sorted.subList(0, Math.min(k, sorted.size()));
      case TopP(float p) -> prefix(sorted, probabilities(sorted), p);
      case MinP(float p) -> {
        double bar = p * probabilities(sorted)[0];
        double[] all = probabilities(sorted);
        yield keep(sorted, i -> all[i] >= bar);
      }
      case TopNSigma(float n) -> {
        double mean = sorted.stream().mapToDouble(Token::logit).average().orElseThrow();
        double variance =
            sorted.stream()
                .mapToDouble(t -> (t.logit() - mean) * (t.logit() - mean))
                .average()
                .orElseThrow();
        double bar = sorted.getFirst().logit() - n * Math.sqrt(variance);
        yield keep(sorted, i -> sorted.get(i).logit() >= bar);
      }
      case Typical(float p) -> typical(sorted, p);
      case Xtc(float probability, float threshold) -> {
        double[] all = probabilities(sorted);
        int heavy = 0;
        while (heavy < all.length && all[heavy] >= threshold) {
          heavy++;
        }
        boolean acts = draw.xtc() < probability && heavy > 1;
        yield acts ? sorted.subList(heavy - 1, sorted.size()) : sorted;
      }
      case Temperature(float value, float range, float exponent) -> {
        double t = range > 0 ? dynamic(sorted, value, range, exponent) : value;
        yield t == 0
            ? sorted.subList(0, 1)
            : sorted.stream().map(x -> new Token(x.id(), x.logit() / t)).toList();
      }
      case Penalties penalties -> penalise(sorted, penalties, history);
      case LogitBias(Map<Integer, Float> bias) ->
          sorted.stream()
              .map(t -> new Token(t.id(), t.logit() + bias.getOrDefault(t.id(), 0f)))
              .toList();
      case Dry dry -> dry(sorted, dry, history);
    };
  }

  private static List<Token> prefix(List<Token> ordered, double[] probabilities, double share) {
    double sum = 0;
    for (int i = 0; i < ordered.size(); i++) {
      sum += probabilities[i];
      if (sum >= share - 1e-7) {
        return ordered.subList(0, i + 1);
      }
    }
    return ordered;
  }

  private static List<Token> keep(List<Token> tokens, java.util.function.IntPredicate kept) {
    return java.util.stream.IntStream.range(0, tokens.size())
        .filter(kept)
        .mapToObj(tokens::get)
        .toList();
  }

  private static List<Token> typical(List<Token> tokens, double share) {
    double[] p = probabilities(tokens);
    double entropy = entropy(p);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < p.length; i++) {
      order.add(i);
    }
    order.sort(
        Comparator.comparingDouble((Integer i) -> (float) Math.abs(-Math.log(p[i]) - entropy))
            .thenComparingInt(i -> tokens.get(i).id()));
    double[] weights = order.stream().mapToDouble(i -> p[i]).toArray();
    return prefix(order.stream().map(tokens::get).toList(), weights, share);
  }

  private static double entropy(double[] p) {
    return -java.util.Arrays.stream(p).map(x -> x > 0 ? x * Math.log(x) : 0).sum();
  }

  private static double dynamic(List<Token> tokens, double value, double range, double exponent) {
    double low = Math.max(0, value - range);
    double share = entropy(probabilities(tokens)) / Math.log(tokens.size());
    return low + (value + range - low) * Math.pow(share, exponent);
  }

  private static List<Token> penalise(List<Token> tokens, Penalties penalties, History history) {
    Map<Integer, Integer> counts = new HashMap<>();
    int[] latest = history.last(penalties.lastTokens()).tokens();
    for (int token : latest) {
      counts.merge(token, 1, Integer::sum);
    }
    return tokens.stream()
        .map(
            t -> {
              int n = counts.getOrDefault(t.id(), 0);
              if (n == 0) {
                return t;
              }
              double r = penalties.repeat();
              double scaled = t.logit() > 0 ? t.logit() / r : t.logit() * r;
              return new Token(t.id(), scaled - n * penalties.frequency() - penalties.presence());
            })
        .toList();
  }

  // For every earlier place, walks back as long as the tokens equal the latest ones.
  private static List<Token> dry(List<Token> tokens, Dry dry, History history) {
    int[] text = history.last(dry.lastTokens()).tokens();
    Map<Integer, Integer> longest = new HashMap<>();
    for (int next = 1; next < text.length; next++) {
      int length = 0;
      while (length < next
          && text[next - 1 - length] == text[text.length - 1 - length]
          && !dry.breakers().contains(text[text.length - 1 - length])) {
        length++;
      }
      longest.merge(text[next], length, Math::max);
    }
    return tokens.stream()
        .map(
            t -> {
              int length = longest.getOrDefault(t.id(), 0);
              return length < dry.allowedLength()
                  ? t
                  : new Token(
                      t.id(),
                      t.logit()
                          - dry.multiplier() * Math.pow(dry.base(), length - dry.allowedLength()));
            })
        .toList();
  }
}
