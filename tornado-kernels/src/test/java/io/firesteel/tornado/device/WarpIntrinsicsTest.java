package io.firesteel.tornado.device;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.ops.Op;
import io.firesteel.tornado.kernels.BoundOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernels with the other body of the intrinsics: shuffles in place of local memory. */
class WarpIntrinsicsTest {
  private static final String INTRINSICS = "io.firesteel.tornado.kernels.Intrinsics";
  private static final Path BODY =
      Path.of("target/warp-classes", INTRINSICS.replace('.', '/') + ".class");
  private static final Set<Op> OPS = Set.of(Op.ROPE_KV, Op.ATTN_OUT, Op.EXPERT_IN, Op.EXPERT_OUT);
  private static final int LARGEST = 70_000;

  private static JvmDevice device;

  @BeforeAll
  static void loadBody() throws IOException {
    assertTrue(Files.exists(BODY), () -> BODY + " is missing: the build compiles it");
    device = new JvmDevice(1, Map.of(INTRINSICS, Files.readAllBytes(BODY)));
  }

  static Stream<ConformanceCase> products() {
    List<ConformanceCase> cases = ConformanceSuite.cases();
    return cases.stream()
        .filter(c -> OPS.contains(c.op()) && BoundOp.isSupported(c.call().get()))
        .filter(c -> items(c) < LARGEST);
  }

  private static int items(ConformanceCase c) {
    return BoundOp.of(c.call().get()).tasks().stream().mapToInt(t -> t.geometry().items()).sum();
  }

  @ParameterizedTest
  @MethodSource("products")
  void conforms(ConformanceCase product) {
    product.check(new JvmOps(device), Tolerances.INT8);
  }
}
