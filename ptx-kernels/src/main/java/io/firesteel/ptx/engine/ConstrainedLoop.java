package io.firesteel.ptx.engine;

import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import io.firesteel.ptx.engine.KernelDevice.Mark;
import io.firesteel.ptx.engine.KernelDevice.Recording;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.SamplingKernels;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Decoding under masks. Which tokens may come next depends on the one drawn last, and the host says
 * which: so a token is cut in two, the forward pass and the draw. Right behind a draw the forward
 * pass of the drawn token is queued, which takes it from device memory; while that runs, the host
 * reads the token, finds the next mask and comes back with it. As long as it is back in time the
 * device never waits.
 *
 * <p>Mask, state and drawn tokens lie in host memory that kernels reach: some 20 KB over the bus,
 * and no copies in the queue.
 */
final class ConstrainedLoop implements AutoCloseable {
  private final KernelDevice device;
  private final PagedCache cache;
  private final SamplingMemory sampling;

  /** State of the row, then the sampled ids. */
  private final SharedBuffer progress;

  private final SharedBuffer mask;
  private TokenMask maskThere;
  private Mark drawn;
  private Recording forward;
  private Recording greedyDraw;
  private Recording sampledDraw;

  /** What has been queued beyond the latest draw; null if the next request must begin anew. */
  private Ahead ahead;

  ConstrainedLoop(
      KernelDevice device, PagedCache cache, SamplingMemory sampling, EngineMemory memory) {
    this.device = device;
    this.cache = cache;
    this.sampling = sampling;
    progress =
        memory.share(
            (SamplingMemory.STATE_WORDS + SamplingMemory.LONGEST_RUN) * (long) Integer.BYTES);
    mask = memory.share(SamplingKernels.maskBytes(sampling.vocabulary()));
  }

  /**
   * A drawn token whose forward pass is queued.
   *
   * @param before the request that drew it
   * @param steps draws since the device was told how to draw
   * @param changes of the cache by the host
   */
  private record Ahead(DecodeRequest before, int token, int steps, long changes) {
    /** Whether a request begins with it. */
    boolean begins(DecodeRequest next, long changesNow) {
      return changesNow == changes
          && next.token() == token
          && next.position() == before.position() + 1
          && startsAlike(next.pageTable(), before.pageTable());
    }

    /** Whether the device knows how to go on with a request, as if it had been told. */
    boolean leadsTo(DecodeRequest next) {
      return steps < SamplingMemory.LONGEST_RUN
          && next.draws() == before.draws() + 1
          && next.parameters().equals(before.parameters())
          && Arrays.equals(next.stopTokens(), before.stopTokens())
          && Arrays.equals(next.pageTable(), before.pageTable())
          && Arrays.equals(next.recent(), latest(next.recent().length));
    }

    private int[] latest(int count) {
      int[] all = Arrays.copyOf(before.recent(), before.recent().length + 1);
      all[before.recent().length] = token;
      return Arrays.copyOfRange(all, Math.max(0, all.length - count), all.length);
    }

    private static boolean startsAlike(int[] longer, int[] shorter) {
      return longer.length >= shorter.length
          && Arrays.equals(longer, 0, shorter.length, shorter, 0, shorter.length);
    }
  }

  /** Draws a token, and feeds it if the request counts 2. */
  int decode(DecodeRequest request, TokenMask allowed) {
    if (allowed.vocabulary() != sampling.vocabulary() || allowed.count() == 0) {
      throw new IllegalArgumentException(
          "the mask allows %s, expected some of %,d tokens"
              .formatted(allowed, sampling.vocabulary()));
    }
    Ahead queued = ahead;
    ahead = null;
    boolean fed = queued != null && queued.begins(request, cache.changes());
    boolean told = fed && queued.leadsTo(request);
    if (!told) {
      sampling.tell(request);
      progress.write(0, MemorySegment.ofArray(new int[SamplingMemory.STATE_WORDS]));
    }
    if (!fed) {
      forward().run();
    }
    tell(allowed);
    draw(request.parameters()).run();
    drawnMark().set();
    boolean feeds = request.count() > 1;
    if (feeds) {
      forward().run();
    }
    drawnMark().await();
    int steps = told ? queued.steps() : 0;
    int token = sampled(steps);
    if (token < 0) {
      token = decidedByHost(request, allowed, feeds);
      steps = SamplingMemory.LONGEST_RUN;
    }
    ahead = feeds ? new Ahead(request, token, steps + 1, cache.changes()) : null;
    return token;
  }

  /** Tells that other work is queued on the same memory: the next request begins anew. */
  void interrupt() {
    ahead = null;
  }

  /** The latest draw is done, and nothing else reads the mask. */
  @SuppressWarnings("ReferenceEquality")
  private void tell(TokenMask allowed) {
    if (maskThere != allowed) {
      maskThere = null;
      mask.write(0, MemorySegment.ofArray(SamplingKernels.mask(allowed)));
      maskThere = allowed;
    }
  }

  /** The token drawn after {@code steps} others; negative if the row has not moved on. */
  private int sampled(int steps) {
    int[] words = new int[SamplingMemory.STATE_WORDS + SamplingMemory.LONGEST_RUN];
    progress.read(0, MemorySegment.ofArray(words));
    return words[0] == steps + 1 ? words[SamplingMemory.STATE_WORDS + steps] : -1;
  }

  /**
   * Draws from the logits, which the pass behind the draw has computed again, or refuses them if
   * they are broken.
   */
  private int decidedByHost(DecodeRequest request, TokenMask allowed, boolean feeds) {
    int token = sampling.drawOnHost(request, allowed);
    if (feeds) {
      sampling.tellPlace(token, request.position() + 1, request.pageTable());
      forward().run();
    }
    return token;
  }

  private Mark drawnMark() {
    if (drawn == null) {
      drawn = device.mark();
    }
    return drawn;
  }

  private Recording forward() {
    if (forward == null) {
      forward = device.record(sampling.forward());
    }
    return forward;
  }

  private Recording draw(SamplingParameters p) {
    if (p.plainGreedy()) {
      if (greedyDraw == null) {
        greedyDraw = record(sampling.greedy());
      }
      return greedyDraw;
    }
    if (sampledDraw == null) {
      sampledDraw = record(sampling.drawn());
    }
    return sampledDraw;
  }

  private Recording record(KernelSpec kernel) {
    return device.record(
        List.of(
            sampling.sampling(
                SamplingKernels.masked(kernel),
                progress.address(),
                Map.of("masks", mask.address()))));
  }

  /** Forgets the recordings; the memory is the engine's. */
  @Override
  public void close() {
    ahead = null;
    for (Recording recording : new Recording[] {forward, greedyDraw, sampledDraw}) {
      if (recording != null) {
        recording.close();
      }
    }
    forward = null;
    greedyDraw = null;
    sampledDraw = null;
    if (drawn != null) {
      drawn.close();
      drawn = null;
    }
  }
}
