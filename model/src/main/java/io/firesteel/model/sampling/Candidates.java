package io.firesteel.model.sampling;

import java.util.Arrays;

/**
 * The tokens still in the running, in rising order of id, with their logits. Nothing here sorts the
 * vocabulary: selections keep what lies above a threshold found by a heap or by partitioning.
 *
 * <p>Among equal logits the lower id ranks higher.
 */
public final class Candidates {
  // Cumulative shares are of rounded floats: a nucleus that reaches p up to this is complete.
  private static final double ROUNDING = 1e-7;

  private final int[] ids;
  private final float[] logits;
  private final double[] weights;
  private final int[] order;
  private int size;

  Candidates(int vocabulary) {
    ids = new int[vocabulary];
    logits = new float[vocabulary];
    weights = new double[vocabulary];
    order = new int[vocabulary];
  }

  /** Starts over with all tokens. */
  void load(float[] source, int offset) {
    size = ids.length;
    for (int i = 0; i < size; i++) {
      ids[i] = i;
      logits[i] = source[offset + i] + 0f; // makes -0 equal to 0
    }
    requireFinite();
  }

  /** Starts over with the tokens that a mask allows. */
  void load(float[] source, int offset, TokenMask allowed) {
    size = 0;
    for (int token = allowed.next(0); token >= 0; token = allowed.next(token + 1)) {
      ids[size] = token;
      logits[size++] = source[offset + token] + 0f;
    }
    requireFinite();
  }

  private void requireFinite() {
    boolean any = false;
    for (int i = 0; i < size; i++) {
      float logit = logits[i];
      if (!(logit < Float.POSITIVE_INFINITY)) {
        throw invalid(ids[i], logit);
      }
      any |= logit > Float.NEGATIVE_INFINITY;
    }
    if (!any) {
      throw noneLeft();
    }
  }

  static InvalidLogitsException noneLeft() {
    return new InvalidLogitsException(
        "all logits are -Infinity, expected a finite one: no token is left to draw");
  }

  static InvalidLogitsException invalid(int token, float logit) {
    return new InvalidLogitsException(
        "the logit of token %d is %s, expected a finite number: the model's weights or an engine's kernel are broken; compare with another engine"
            .formatted(token, logit));
  }

  /** Number of candidates. */
  public int size() {
    return size;
  }

  /** Token id of a candidate; rises with the index. */
  public int id(int index) {
    return ids[index];
  }

  /** Logit of a candidate; negative infinity for one that can no longer be drawn. */
  public float logit(int index) {
    return logits[index];
  }

  /** Changes a logit; one that is finite stays so, and a banned token stays banned. */
  void change(int index, float value) {
    if (logits[index] > Float.NEGATIVE_INFINITY) {
      logits[index] = Math.clamp(value, -Float.MAX_VALUE, Float.MAX_VALUE);
    }
  }

  /** Makes it impossible that the candidate is drawn. */
  void ban(int index) {
    logits[index] = Float.NEGATIVE_INFINITY;
  }

  /** Index of a token, or a negative number if it is no longer a candidate. */
  int find(int token) {
    return size == ids.length && token < size ? token : Arrays.binarySearch(ids, 0, size, token);
  }

  /** Index of the highest-ranked candidate. */
  int best() {
    int best = 0;
    for (int i = 1; i < size; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * Sets the weights, which {@link #weight} tells, to exp(logit - largest logit). Returns their
   * sum.
   */
  double weigh() {
    double largest = logits[best()];
    double total = 0;
    for (int i = 0; i < size; i++) {
      weights[i] = Math.exp(logits[i] - largest);
      total += weights[i];
    }
    return total;
  }

  double weight(int index) {
    return weights[index];
  }

  /** Keeps one candidate. */
  void keepOnly(int index) {
    move(index, 0);
    size = 1;
  }

  /** Keeps candidates whose logit is at least {@code threshold}. */
  void keepFrom(float threshold) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (logits[i] >= threshold) {
        move(i, kept++);
      }
    }
    size = kept;
  }

  /**
   * Drops candidates whose weight is at least {@code threshold}, except the lowest-ranked of them.
   */
  void dropHeavy(double threshold) {
    int spared = -1;
    for (int i = 0; i < size; i++) {
      if (weights[i] >= threshold && (spared < 0 || logits[i] <= logits[spared])) {
        spared = i;
      }
    }
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (weights[i] < threshold || i == spared) {
        move(i, kept++);
      }
    }
    size = kept;
  }

  /** Keeps the {@code count} highest-ranked candidates. */
  void keepHighest(int count) {
    if (count >= size) {
      return;
    }
    SmallestOnTop heap = new SmallestOnTop(count);
    int next = 0;
    while (next < count) {
      heap.fill(rank(next++));
    }
    float bar = logitOf(heap.top());
    for (; next < size; next++) {
      if (logits[next] > bar) {
        heap.replaceTop(rank(next));
        bar = logitOf(heap.top());
      }
    }
    long lowest = heap.top();
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (logits[i] >= bar && rank(i) >= lowest) {
        move(i, kept++);
      }
    }
    size = kept;
  }

  /**
   * Keeps the shortest run of candidates, taken by falling logit, whose weights reach a share of
   * the total. Needs {@link #weigh}.
   */
  void keepNucleus(double share, double total) {
    // All that is lighter than this could not make up the rest together: look at the others only.
    double light = (1 - share) * total / size;
    int count = 0;
    for (int i = 0; i < size; i++) {
      if (weights[i] >= light) {
        order[count++] = i;
      }
    }
    keepPrefix(count, logits, -1, share * total - ROUNDING * total);
  }

  /**
   * Keeps the shortest run of candidates, taken by rising score, whose weights reach a share of the
   * total. Needs {@link #weigh}.
   */
  void keepClosest(float[] scores, double share, double total) {
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    keepPrefix(size, scores, 1, share * total - ROUNDING * total);
  }

  private void keepPrefix(int count, float[] scores, int sign, double needed) {
    int last = lastOfPrefix(count, scores, sign, needed);
    float bar = sign * scores[last];
    int kept = 0;
    for (int i = 0; i < size; i++) {
      float score = sign * scores[i];
      if (score < bar || score == bar && i <= last) {
        move(i, kept++);
      }
    }
    size = kept;
  }

  // Quickselect by weight: narrows down to the candidate with which the sum reaches what is needed.
  private int lastOfPrefix(int count, float[] scores, int sign, double needed) {
    int low = 0;
    int high = count - 1;
    double missing = needed;
    while (low < high) {
      int middle = partition(low, high, scores, sign);
      double sum = 0;
      for (int i = low; i < middle; i++) {
        sum += weights[order[i]];
      }
      if (middle > low && sum >= missing) {
        high = middle - 1;
      } else if (middle == high || sum + weights[order[middle]] >= missing) {
        return order[middle];
      } else {
        missing -= sum + weights[order[middle]];
        low = middle + 1;
      }
    }
    return order[low];
  }

  private int partition(int low, int high, float[] scores, int sign) {
    swap(low + high >>> 1, high);
    int pivot = order[high];
    int store = low;
    for (int i = low; i < high; i++) {
      if (before(order[i], pivot, scores, sign)) {
        swap(i, store++);
      }
    }
    swap(store, high);
    return store;
  }

  private static boolean before(int a, int b, float[] scores, int sign) {
    float difference = sign * (scores[a] - scores[b]);
    return difference < 0 || difference == 0 && a < b;
  }

  private void swap(int a, int b) {
    int held = order[a];
    order[a] = order[b];
    order[b] = held;
  }

  private void move(int from, int to) {
    ids[to] = ids[from];
    logits[to] = logits[from];
    weights[to] = weights[from];
  }

  // Orders candidates by logit, then by falling id, in one comparison of longs.
  private long rank(int index) {
    int bits = Float.floatToIntBits(logits[index]);
    int ordered = bits ^ bits >> 31 & Integer.MAX_VALUE;
    return (long) ordered << 32 | ~ids[index] & 0xFFFFFFFFL;
  }

  private static float logitOf(long rank) {
    int ordered = (int) (rank >> 32);
    return Float.intBitsToFloat(ordered ^ ordered >> 31 & Integer.MAX_VALUE);
  }

  /** A binary heap of a fixed number of longs, the smallest on top. */
  private static final class SmallestOnTop {
    private final long[] heap;
    private int size;

    SmallestOnTop(int capacity) {
      heap = new long[capacity];
    }

    long top() {
      return heap[0];
    }

    void fill(long value) {
      int hole = size++;
      while (hole > 0 && heap[hole - 1 >>> 1] > value) {
        heap[hole] = heap[hole - 1 >>> 1];
        hole = hole - 1 >>> 1;
      }
      heap[hole] = value;
    }

    void replaceTop(long value) {
      int hole = 0;
      while (2 * hole + 1 < size) {
        int child = 2 * hole + 1;
        if (child + 1 < size && heap[child + 1] < heap[child]) {
          child++;
        }
        if (heap[child] >= value) {
          break;
        }
        heap[hole] = heap[child];
        hole = child;
      }
      heap[hole] = value;
    }
  }
}
