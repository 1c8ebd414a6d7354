package io.firesteel.ptx.engine;

import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.engine.KernelDevice.Recording;
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
 * Decoding without the host: a token's launches end in a sampling kernel that makes the sampled
 * token the next input and moves the position on, so that they are recorded once and queued as
 * often as tokens are wanted. A sequence that has met a stop token computes its last position again
 * until the host looks, which changes nothing.
 */
final class DecodeLoop implements DeviceDecoder, AutoCloseable {
  /** Tokens that can be sampled before the host looks. */
  private static final int LONGEST_RUN = 64;

  private static final int STATE_WORDS = 4;
  private static final int FEWEST_STOPS = 16;
  private static final int NO_TOKEN = -1;

  /** Tokens that penalties may look back at, and biased tokens; more of them the host handles. */
  private static final int MOST_RECENT = 8192;

  private static final int MOST_BIASES = 1024;

  private final KernelDevice device;
  private final StepBuffers buffers;
  private final StepLaunches launches;
  private final EngineMemory memory;
  private final int vocabulary;

  /** State of the row, then the sampled ids. */
  private final DeviceBuffer progress;

  private final DeviceBuffer logits;
  private final DeviceBuffer best;
  private final DeviceBuffer counter;
  private final DeviceBuffer parameters;
  private final DeviceBuffer bias;
  private final DeviceBuffer recent;
  private final DeviceBuffer scratch;
  private DeviceBuffer stops;
  private int stopCapacity;
  private Recording greedyToken;
  private Recording sampledToken;

  DecodeLoop(
      KernelDevice device,
      ModelConfig config,
      StepBuffers buffers,
      StepLaunches launches,
      EngineMemory memory) {
    this.device = device;
    this.buffers = buffers;
    this.launches = launches;
    this.memory = memory;
    this.vocabulary = config.vocabulary();
    progress = memory.zeros(STATE_WORDS + LONGEST_RUN);
    logits = memory.allocate((long) vocabulary * Float.BYTES);
    best = memory.allocate(Kernels.GREEDY_CTAS * 2L * Integer.BYTES);
    counter = memory.zeros(1);
    parameters = memory.zeros(SamplingKernels.PARAMETER_WORDS);
    bias = memory.zeros(MOST_BIASES * SamplingKernels.BIAS_WORDS);
    recent = memory.zeros(MOST_RECENT);
    scratch = memory.zeroBytes(SamplingKernels.scratchBytes(vocabulary, 1));
    reserveStops(FEWEST_STOPS);
  }

  @Override
  public boolean supports(SamplingParameters p) {
    int lookBack = p.lookBack();
    return plainGreedy(p)
        || SamplingKernels.supports(p, vocabulary)
            && lookBack >= 0
            && lookBack <= MOST_RECENT
            && SamplingKernels.biases(p.logitBias(), vocabulary).length <= biasWords();
  }

  private static int biasWords() {
    return MOST_BIASES * SamplingKernels.BIAS_WORDS;
  }

  private static boolean plainGreedy(SamplingParameters p) {
    return p.greedy() && !p.logitBias().active() && !p.penalties().active() && !p.dry().active();
  }

  @Override
  public int[] decode(DecodeRequest request) throws EngineException {
    int count = Math.min(request.count(), LONGEST_RUN);
    try {
      tell(request);
      Recording recording = recording(request.parameters());
      for (int i = 0; i < count; i++) {
        recording.run();
      }
      device.synchronize();
      return sampled(request);
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  private void tell(DecodeRequest request) {
    Rows rows = Rows.ofSequence(request.position(), 1, request.pageTable());
    buffers.tell(new Batch(new int[] {request.token()}, rows, new int[0]));
    progress.write(0, MemorySegment.ofArray(new int[STATE_WORDS]));
    if (request.stopTokens().length > stopCapacity) {
      close();
      reserveStops(Integer.highestOneBit(request.stopTokens().length) * 2);
    }
    int[] padded = Arrays.copyOf(request.stopTokens(), stopCapacity);
    Arrays.fill(padded, request.stopTokens().length, stopCapacity, NO_TOKEN);
    stops.write(0, MemorySegment.ofArray(padded));
    if (!plainGreedy(request.parameters())) {
      tellSampling(request);
    }
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

  private void reserveStops(int capacity) {
    stopCapacity = capacity;
    stops = memory.zeros(capacity);
  }

  private Recording recording(SamplingParameters p) {
    if (plainGreedy(p)) {
      if (greedyToken == null) {
        greedyToken = record(Kernels.sampleGreedy(vocabulary), Map.of("best", best.address()));
      }
      return greedyToken;
    }
    if (sampledToken == null) {
      sampledToken = record(SamplingKernels.sample(vocabulary), chances());
    }
    return sampledToken;
  }

  private Recording record(KernelSpec sampling, Map<String, Long> own) {
    List<Launch> step = launches.step(1, true, new int[] {0}, logits.address());
    Map<String, Long> arguments = new HashMap<>(own);
    arguments.put("logits", logits.address());
    arguments.put("tokens", buffers.tokens());
    arguments.put("positions", buffers.positions());
    arguments.put("sampled", progress.address() + STATE_WORDS * Integer.BYTES);
    arguments.put("state", progress.address());
    arguments.put("stops", stops.address());
    arguments.put("stop_count", (long) stopCapacity);
    arguments.put("limit", (long) LONGEST_RUN);
    arguments.put("counters", counter.address());
    step.add(launches.launch(sampling, 1, arguments));
    return device.record(step);
  }

  private Map<String, Long> chances() {
    return Map.of(
        "parameters", parameters.address(),
        "bias", bias.address(),
        "bias_stride", (long) MOST_BIASES,
        "recent", recent.address(),
        "recent_stride", (long) MOST_RECENT,
        "scratch", scratch.address());
  }

  private int[] sampled(DecodeRequest request) throws EngineException {
    int[] words = new int[STATE_WORDS + LONGEST_RUN];
    progress.read(0, MemorySegment.ofArray(words));
    int count = words[0];
    int[] tokens = Arrays.copyOfRange(words, STATE_WORDS, STATE_WORDS + count);
    return switch (words[1]) {
      case SamplingKernels.BROKEN ->
          throw new EngineException(
              "the model's logits are not finite after token "
                  + count
                  + " of this run; check the model file");
      case SamplingKernels.UNDECIDED -> decidedByHost(request, tokens);
      default -> tokens;
    };
  }

  /** The tokens and one more, drawn from the logits as the device has left them. */
  private int[] decidedByHost(DecodeRequest request, int[] tokens) {
    float[] row = new float[vocabulary];
    logits.read(0, MemorySegment.ofArray(row));
    int[] history = Arrays.copyOf(request.recent(), request.recent().length + tokens.length);
    System.arraycopy(tokens, 0, history, request.recent().length, tokens.length);
    int[] all = Arrays.copyOf(tokens, tokens.length + 1);
    all[tokens.length] =
        new Sampler(request.parameters(), vocabulary)
            .sample(row, 0, History.of(history), request.draws() + tokens.length);
    return all;
  }

  /** Forgets the recordings; the memory is the engine's. */
  @Override
  public void close() {
    if (greedyToken != null) {
      greedyToken.close();
      greedyToken = null;
    }
    if (sampledToken != null) {
      sampledToken.close();
      sampledToken = null;
    }
  }
}
