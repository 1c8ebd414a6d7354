package io.firesteel.ptx.engine;

import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.engine.KernelDevice.Recording;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.SamplingKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Decoding without the host: a token's launches end in a sampling kernel that makes the sampled
 * token the next input and moves the position on, so that they are recorded once and queued as
 * often as tokens are wanted. A sequence that has met a stop token computes its last position again
 * until the host looks, which changes nothing.
 */
final class DecodeLoop implements DeviceDecoder, AutoCloseable {
  private final KernelDevice device;
  private final SamplingMemory sampling;
  private final ConstrainedLoop constrained;

  /** State of the row, then the sampled ids. */
  private final DeviceBuffer progress;

  private Recording greedyToken;
  private Recording sampledToken;

  DecodeLoop(
      KernelDevice device,
      int vocabulary,
      PagedCache cache,
      StepBuffers buffers,
      StepLaunches launches,
      EngineMemory memory) {
    this.device = device;
    sampling = new SamplingMemory(vocabulary, buffers, launches, memory);
    progress = memory.zeros(SamplingMemory.STATE_WORDS + SamplingMemory.LONGEST_RUN);
    constrained = new ConstrainedLoop(device, cache, sampling, memory);
  }

  @Override
  public boolean supports(SamplingParameters p) {
    return sampling.supports(p);
  }

  @Override
  public int[] decode(DecodeRequest request) throws EngineException {
    interrupt();
    int count = Math.min(request.count(), SamplingMemory.LONGEST_RUN);
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

  @Override
  public boolean supportsMasks() {
    return true;
  }

  @Override
  public int decode(DecodeRequest request, TokenMask allowed) throws EngineException {
    try {
      if (sampling.reserveStopsFor(request)) {
        close();
      }
      return constrained.decode(request, allowed);
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /** Tells that other work is queued on the same memory. */
  void interrupt() {
    constrained.interrupt();
  }

  private void tell(DecodeRequest request) {
    if (sampling.reserveStopsFor(request)) {
      close();
    }
    sampling.tell(request);
    progress.write(0, MemorySegment.ofArray(new int[SamplingMemory.STATE_WORDS]));
  }

  private Recording recording(SamplingParameters p) {
    if (p.plainGreedy()) {
      if (greedyToken == null) {
        greedyToken = record(sampling.greedy());
      }
      return greedyToken;
    }
    if (sampledToken == null) {
      sampledToken = record(sampling.drawn());
    }
    return sampledToken;
  }

  private Recording record(KernelSpec kernel) {
    List<Launch> step = sampling.forward();
    step.add(sampling.sampling(kernel, progress.address(), Map.of()));
    return device.record(step);
  }

  private int[] sampled(DecodeRequest request) throws EngineException {
    int[] words = new int[SamplingMemory.STATE_WORDS + SamplingMemory.LONGEST_RUN];
    progress.read(0, MemorySegment.ofArray(words));
    int count = words[0];
    int[] tokens =
        Arrays.copyOfRange(words, SamplingMemory.STATE_WORDS, SamplingMemory.STATE_WORDS + count);
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
    int[] all = Arrays.copyOf(tokens, tokens.length + 1);
    all[tokens.length] = sampling.drawOnHost(request, tokens);
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
    constrained.close();
  }
}
