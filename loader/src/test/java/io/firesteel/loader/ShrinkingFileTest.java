package io.firesteel.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.loader.file.ChildJvm;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is cut short while it is mapped must not take the JVM with it. */
class ShrinkingFileTest {
  @TempDir Path folder;

  @Test
  void endsInExceptionsAndNotInACrash() throws IOException, InterruptedException {
    try (ChildJvm child = ChildJvm.start(ShrinkingFileTest.class, folder.resolve("model.gguf"))) {
      assertEquals(
          "whole: found, dequantised: explained, compiled: explained, raw: explained",
          child.readLine());
      assertEquals(0, child.waitFor());
    }
  }

  /** Maps a file, cuts it and says how its reading ends. */
  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[0]);
    TensorSpec spec = new TensorSpec("t", TensorType.Q8_0, 32, 100_000);
    try (GgufWriter writer =
        GgufWriter.create(path, Metadata.of("model", Map.of()), List.of(spec))) {
      writer.write("t", 0, java.lang.foreign.MemorySegment.ofArray(new byte[(int) spec.bytes()]));
      writer.commit();
    }
    try (Gguf gguf = Gguf.open(path)) {
      Tensor tensor = gguf.tensor("t");
      BlockCodec codec = BlockCodec.of(tensor.type());
      for (int i = 0; i < 20_000; i++) {
        dequantise(codec, tensor, i); // until it is compiled
      }
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
        channel.truncate(4096);
      }
      System.out.printf(
          "whole: %s, dequantised: %s, compiled: %s, raw: %s%n",
          outcome(gguf::requireWhole).replace("explained", "found"),
          outcome(() -> dequantise(codec, tensor, 99_999)),
          outcome(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  dequantise(codec, tensor, i);
                }
              }),
          outcome(() -> readRaw(tensor)));
    }
  }

  private static void dequantise(BlockCodec codec, Tensor tensor, int row) {
    float[] numbers = new float[32];
    codec.dequantise(tensor.data(), row * tensor.rowBytes(), numbers, 0, 32);
    if (numbers[0] != 0) {
      throw new AssertionError("read something that was never written");
    }
  }

  private static void readRaw(Tensor tensor) {
    try {
      tensor.data().get(ValueLayout.JAVA_BYTE, tensor.bytes() - 1);
    } catch (InternalError e) {
      throw GgufException.ofFault(e);
    }
  }

  private interface Action {
    void run() throws IOException;
  }

  private static String outcome(Action action) throws IOException {
    try {
      action.run();
      return "nothing";
    } catch (GgufException e) {
      return "explained";
    }
  }
}
