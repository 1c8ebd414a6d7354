package io.firesteel.model.synthetic;

import io.firesteel.loader.GgufWriter;
import io.firesteel.loader.TensorSpec;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.synthetic.PlannedTensor.Contents;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Draws the weights of all tensors, piece by piece, on several threads. */
final class WeightWriter {
  private static final long PIECE_BYTES = 1 << 20;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final GgufWriter writer;
  private final long seed;
  private final Progress.Task task;
  private final List<Piece> pieces;
  private final AtomicInteger next = new AtomicInteger();

  WeightWriter(GgufWriter writer, List<PlannedTensor> tensors, long seed, Progress.Task task) {
    this.writer = writer;
    this.seed = seed;
    this.task = task;
    this.pieces = new ArrayList<>();
    tensors.forEach(this::addPieces);
  }

  /** Whole blocks of a tensor. */
  private record Piece(TensorSpec spec, Source source, long offset, int bytes) {}

  /** Where the bytes of a tensor come from. */
  @FunctionalInterface
  private interface Source {
    void fill(long offset, MemorySegment target);
  }

  private void addPieces(PlannedTensor tensor) {
    TensorSpec spec = tensor.spec();
    Source source =
        switch (tensor.contents()) {
          case Contents.Random random -> randomSource(spec, random);
          case Contents.Fixed fixed -> fixedSource(fixed.values());
        };
    int group = RandomBlocks.GROUP * spec.type().blockBytes();
    long most = PIECE_BYTES / group * group;
    for (long offset = 0; offset < spec.bytes(); offset += most) {
      int bytes = (int) Math.min(most, spec.bytes() - offset);
      pieces.add(new Piece(spec, source, offset, bytes));
    }
  }

  private Source randomSource(TensorSpec spec, Contents.Random random) {
    TensorType type = spec.type();
    RandomBlocks blocks = RandomBlocks.of(type, random.mean(), random.deviation());
    CounterRandom stream = CounterRandom.of(seed, spec.name());
    return (offset, target) -> blocks.fill(stream, offset / type.blockBytes(), target);
  }

  private static Source fixedSource(float[] values) {
    return (offset, target) -> {
      int first = (int) (offset / Float.BYTES);
      for (int i = 0; i < target.byteSize() / Float.BYTES; i++) {
        target.set(FLOAT, (long) i * Float.BYTES, values[first + i]);
      }
    };
  }

  void run(int threads) throws IOException {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(
            executor.submit(
                () -> {
                  work();
                  return null;
                }));
      }
      try {
        for (Future<?> worker : workers) {
          worker.get();
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException cause) {
          throw cause;
        }
        throw new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while weights were written");
      } finally {
        next.set(pieces.size());
      }
    }
  }

  private void work() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(PIECE_BYTES, Long.BYTES);
      for (int index = next.getAndIncrement();
          index < pieces.size();
          index = next.getAndIncrement()) {
        Piece piece = pieces.get(index);
        MemorySegment part = buffer.asSlice(0, piece.bytes());
        piece.source().fill(piece.offset(), part);
        writer.write(piece.spec().name(), piece.offset(), part);
        task.advance(piece.bytes());
      }
    } finally {
      next.set(pieces.size()); // where this thread failed, the others need not go on
    }
  }
}
