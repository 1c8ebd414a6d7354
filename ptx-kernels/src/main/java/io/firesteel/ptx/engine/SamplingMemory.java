package io.firesteel.ptx.engine;

import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Kernels;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.SamplingKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the sampling kernels read and write for one sequence, its logits included, and the launches
 * of a decode step on it. One launch serves all parameters of its kind: they are data.
 */
final class SamplingMemory {
  /** Tokens that can be sampled after one request was told. */
  static final int LONGEST_RUN = 64;

  /** Words that say how far a row is: tokens sampled, and the reason for which it has stopped. */
  static final int STATE_WORDS = 4;

  private static final int FEWEST_STOPS = 16;
  private static final int NO_TOKEN = -1;

  /** Tokens that penalties may look back at, and biased tokens; more of them the host handles. */
  private static final int MOST_RECENT = 8192;

  private static final int MOST_BIASES = 1024;

  private final StepBuffers buffers;
  private final StepLaunches launches;
  private final EngineMemory memory;
  private final int vocabulary;
  private final DeviceBuffer logits;
  private final DeviceBuffer best;
  private final DeviceBuffer counter;
  private final DeviceBuffer parameters;
  private final DeviceBuffer bias;
  private final DeviceBuffer recent;
  private final DeviceBuffer scratch;
  private DeviceBuffer stops;
  private int stopCapacity;

  SamplingMemory(int vocabulary, StepBuffers buffers, StepLaunches launches, EngineMemory memory) {
    this.buffers = buffers;
    this.launches = launches;
    this.memory = memory;
    this.vocabulary = vocabulary;
    logits = memory.allocate((long) vocabulary * Float.BYTES);
    best = memory.allocate(Kernels.GREEDY_CTAS * 2L * Integer.BYTES);
    counter = memory.zeros(1);
    parameters = memory.zeros(SamplingKernels.PARAMETER_WORDS);
    bias = memory.zeros(MOST_BIASES * SamplingKernels.BIAS_WORDS);
    recent = memory.zeros(MOST_RECENT);
    scratch = memory.zeroBytes(SamplingKernels.scratchBytes(vocabulary, 1));
    reserveStops(FEWEST_STOPS);
  }

  private void reserveStops(int capacity) {
    stopCapacity = capacity;
    stops = memory.zeros(capacity);
  }

  int vocabulary() {
    return vocabulary;
  }

  boolean supports(SamplingParameters p) {
    int lookBack = p.lookBack();
    return p.plainGreedy()
        || SamplingKernels.supports(p, vocabulary)
            && lookBack >= 0
            && lookBack <= MOST_RECENT
            && SamplingKernels.biases(p.logitBias(), vocabulary).length <= biasWords();
  }

  private static int biasWords() {
    return MOST_BIASES * SamplingKernels.BIAS_WORDS;
  }

  /**
   * Makes room for stop tokens.
   *
   * @return whether their memory was replaced, which recorded launches name
   */
  boolean reserveStopsFor(DecodeRequest request) {
    int needed = request.stopTokens().length;
    if (needed <= stopCapacity) {
      return false;
    }
    reserveStops(Integer.highestOneBit(needed) * 2);
    return true;
  }

  /** Tells the device where the sequence stands and how to go on, when all queued work is done. */
  void tell(DecodeRequest request) {
    tellPlace(request.token(), request.position(), request.pageTable());
    int[] padded = Arrays.copyOf(request.stopTokens(), stopCapacity);
    Arrays.fill(padded, request.stopTokens().length, stopCapacity, NO_TOKEN);
    stops.write(0, MemorySegment.ofArray(padded));
    if (!request.parameters().plainGreedy()) {
      tellSampling(request);
    }
  }

  /** Tells the device where the sequence stands. */
  void tellPlace(int token, int position, int[] pageTable) {
    Rows rows = Rows.ofSequence(position, 1, pageTable);
    buffers.tell(new Batch(new int[] {token}, rows, new int[0]));
  }

  private void tellSampling(DecodeRequest request) {
    SamplingParameters p = request.parameters();
    int[] biases = SamplingKernels.biases(p.logitBias(), vocabulary);
    int[] all = request.recent();
    int[] latest = Arrays.copyOfRange(all, Math.max(0, all.length - p.lookBack()), all.length);
    int pairs = biases.length / SamplingKernels.BIAS_WORDS;
    int[] words = SamplingKernels.parameters(p, request.draws(), latest.length, pairs);
    parameters.write(0, MemorySegment.ofArray(words));
    if (biases.length > 0) {
      bias.write(0, MemorySegment.ofArray(biases));
    }
    if (latest.length > 0) {
      recent.write(0, MemorySegment.ofArray(latest));
    }
  }

  /** The launches that feed the sequence's latest token, up to the logits. */
  List<Launch> forward() {
    return launches.step(1, true, new int[] {0}, logits.address());
  }

  /** Draws the largest logit. */
  KernelSpec greedy() {
    return Kernels.sampleGreedy(vocabulary);
  }

  /** Draws as the parameters say. */
  KernelSpec drawn() {
    return SamplingKernels.sample(vocabulary);
  }

  /**
   * The launch that draws a token from the logits and moves the sequence on by it.
   *
   * @param sampling {@link #greedy} or {@link #drawn}, or one of them with a mask
   * @param progress address of {@link #STATE_WORDS} words and the {@link #LONGEST_RUN} sampled
   *     tokens
   * @param more arguments of the kernel beyond those known here
   */
  Launch sampling(KernelSpec sampling, long progress, Map<String, Long> more) {
    Map<String, Long> arguments = new HashMap<>(more);
    arguments.put("logits", logits.address());
    arguments.put("tokens", buffers.tokens());
    arguments.put("positions", buffers.positions());
    arguments.put("sampled", progress + STATE_WORDS * Integer.BYTES);
    arguments.put("state", progress);
    arguments.put("stops", stops.address());
    arguments.put("stop_count", (long) stopCapacity);
    arguments.put("limit", (long) LONGEST_RUN);
    arguments.put("counters", counter.address());
    if (sampling.template().equals(greedy().template())) {
      arguments.put("best", best.address());
    } else {
      arguments.put("parameters", parameters.address());
      arguments.put("bias", bias.address());
      arguments.put("bias_stride", (long) MOST_BIASES);
      arguments.put("recent", recent.address());
      arguments.put("recent_stride", (long) MOST_RECENT);
      arguments.put("scratch", scratch.address());
    }
    return launches.launch(sampling, 1, arguments);
  }

  /** What the host draws from the logits as the device has left them, after some tokens. */
  int drawOnHost(DecodeRequest request, int... sampled) {
    return new Sampler(request.parameters(), vocabulary)
        .sample(row(), 0, history(request, sampled), request.draws() + sampled.length);
  }

  /** What the host draws among some tokens. */
  int drawOnHost(DecodeRequest request, TokenMask allowed) {
    return new Sampler(request.parameters(), vocabulary)
        .sample(row(), 0, history(request), request.draws(), allowed);
  }

  private float[] row() {
    float[] row = new float[vocabulary];
    logits.read(0, MemorySegment.ofArray(row));
    return row;
  }

  private static History history(DecodeRequest request, int... sampled) {
    int[] history = Arrays.copyOf(request.recent(), request.recent().length + sampled.length);
    System.arraycopy(sampled, 0, history, request.recent().length, sampled.length);
    return History.of(history);
  }
}
