package io.firesteel.ptx.driver;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelLauncherTest {
  /** Sizes and offsets as a C compiler prints them for cuda.h of CUDA 13.0. */
  @Test
  void structsAreLaidOutAsInTheHeader() {
    assertEquals(56, KernelLauncher.CONFIG.byteSize());
    assertEquals(24, KernelLauncher.offset("sharedMemBytes"));
    assertEquals(32, KernelLauncher.offset("hStream"));
    assertEquals(40, KernelLauncher.offset("attrs"));
    assertEquals(48, KernelLauncher.offset("numAttrs"));
    assertEquals(72, KernelLauncher.ATTRIBUTE.byteSize());
  }

  @Test
  void plainLaunchHasNoAttributes() {
    try (Arena arena = Arena.ofConfined()) {
      LaunchShape shape = new LaunchShape(new Dim(7, 6, 5), new Dim(32, 4, 2)).withSharedBytes(512);
      MemorySegment config = KernelLauncher.config(arena, 0xABCDL, shape);
      assertArrayEquals(
          new int[] {7, 6, 5, 32, 4, 2, 512}, config.asSlice(0, 28).toArray(JAVA_INT));
      assertEquals(0xABCDL, config.get(JAVA_LONG, 32));
      assertEquals(0, config.get(JAVA_INT, 48));
    }
  }

  @Test
  void clusterAndProgrammaticLaunchBecomeAttributes() {
    try (Arena arena = Arena.ofConfined()) {
      LaunchShape shape =
          new LaunchShape(Dim.of(8, 2), Dim.of(256))
              .withCluster(Dim.of(4, 2))
              .withProgrammatic(true);
      MemorySegment config = KernelLauncher.config(arena, 0, shape);
      assertEquals(2, config.get(JAVA_INT, 48));
      MemorySegment attributes = config.get(ADDRESS, 40).reinterpret(144);
      assertArrayEquals(
          new int[] {4, 0, 4, 2, 1},
          attributes.asSlice(0, 20).toArray(JAVA_INT),
          "cluster dimension");
      assertArrayEquals(
          new int[] {6, 0, 1},
          attributes.asSlice(72, 12).toArray(JAVA_INT),
          "programmatic serialisation");
    }
  }

  @Test
  void parametersPointToTheirValues() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = KernelLauncher.parameters(arena, 11, -22);
      assertEquals(11, parameters.getAtIndex(ADDRESS, 0).reinterpret(8).get(JAVA_LONG, 0));
      assertEquals(-22, parameters.getAtIndex(ADDRESS, 1).reinterpret(8).get(JAVA_LONG, 0));
    }
  }

  static java.util.stream.Stream<Supplier<LaunchShape>> impossibleShapes() {
    return java.util.stream.Stream.of(
        () -> new LaunchShape(Dim.of(0), Dim.of(32)),
        () -> new LaunchShape(Dim.of(1), Dim.of(1025)),
        () -> new LaunchShape(Dim.of(1), Dim.of(32)).withSharedBytes(-1),
        () -> new LaunchShape(Dim.of(6), Dim.of(32)).withCluster(Dim.of(4)));
  }

  @ParameterizedTest
  @MethodSource("impossibleShapes")
  void impossibleShapesAreRefused(Supplier<LaunchShape> shape) {
    assertThrows(IllegalArgumentException.class, shape::get);
  }
}
