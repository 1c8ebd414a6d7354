package io.firesteel.model.conformance;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.reference.ReferenceOps;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConformanceSuiteTest {
  private static final List<ConformanceCase> CASES = ConformanceSuite.cases();

  @Test
  void namesAreUnique() {
    assertEquals(CASES.size(), CASES.stream().map(ConformanceCase::name).distinct().count());
  }

  @Test
  void everyOpOfTheGraphHasCases() {
    assertEquals(
        EnumSet.allOf(Op.class),
        CASES.stream().map(ConformanceCase::op).collect(Collectors.toSet()));
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void everyReadableTypeIsMultipliedByEveryOpWithWeights(TensorType type) {
    if (!type.isReadable()) {
      return;
    }
    for (Op op :
        List.of(Op.EMBED, Op.ATTN_IN, Op.ATTN_OUT, Op.LOGITS, Op.EXPERT_IN, Op.EXPERT_OUT)) {
      assertTrue(
          casesOf(op).stream().anyMatch(c -> c.name().contains(" " + type + " ")),
          () -> "no case of " + op.label() + " with " + type);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallWithoutEffectFails(Op op) {
    assertFails(op, new Faulty(false, call -> {}));
  }

  @ParameterizedTest
  @EnumSource(value = Op.class, mode = EnumSource.Mode.EXCLUDE, names = "SAMPLE")
  void oneWrongValueFails(Op op) {
    assertFails(
        op,
        new Faulty(
            true,
            call -> {
              Operands operands = Operands.of(call);
              operands.written().values().forEach(ConformanceSuiteTest::spoil);
              operands.updated().values().forEach(ConformanceSuiteTest::spoil);
            }));
  }

  @ParameterizedTest
  @EnumSource(value = Op.class, mode = EnumSource.Mode.EXCLUDE, names = "EMBED")
  void aChangedInputFails(Op op) {
    assertFails(
        op,
        new Faulty(
            true, call -> Operands.of(call).read().values().forEach(ConformanceSuiteTest::spoil)));
  }

  @Test
  void anotherTokenFails() {
    assertFails(Op.SAMPLE, new Faulty(true, call -> ((Sample) call).tokens()[0]++));
  }

  @Test
  void wronglyOrderedTiesFail() {
    Faulty swapsTies =
        new Faulty(
            true,
            call -> {
              int[] experts = ((Router) call).experts();
              int first = experts[0];
              experts[0] = experts[1];
              experts[1] = first;
            });
    ConformanceCase ties =
        CASES.stream()
            .filter(c -> c.name().startsWith("router with all gates 0"))
            .findFirst()
            .get();
    assertThrows(AssertionError.class, () -> ties.check(swapsTies, Tolerances.FLOAT32));
  }

  @Test
  void theReferenceItselfConforms() {
    try (ReferenceOps reference = new ReferenceOps()) {
      for (ConformanceCase c : CASES.subList(0, 100)) {
        assertDoesNotThrow(() -> c.check(reference, Tolerances.FLOAT32), c.name());
      }
    }
  }

  @Test
  void anUnsupportedCallIsNotPassedOver() {
    Ops none =
        new Ops() {
          @Override
          public String name() {
            return "none";
          }

          @Override
          public boolean supports(OpCall call) {
            return false;
          }

          @Override
          public void run(OpCall call) {
            throw new UnsupportedOperationException();
          }
        };
    assertEquals(CASES, ConformanceCase.unsupported(CASES, none));
    assertThrows(
        UnsupportedOperationException.class,
        () -> CASES.getFirst().check(none, Tolerances.FLOAT32));
  }

  private static List<ConformanceCase> casesOf(Op op) {
    return CASES.stream().filter(c -> c.op() == op).toList();
  }

  private static void assertFails(Op op, Ops faulty) {
    ConformanceCase some = casesOf(op).get(1);
    assertThrows(AssertionError.class, () -> some.check(faulty, Tolerances.FLOAT32), some.name());
  }

  private static void spoil(float[] values) {
    values[values.length - 1] = values[values.length - 1] * 3 + 1;
  }

  /** The reference with a fault. */
  private record Faulty(boolean runs, Consumer<OpCall> fault) implements Ops {
    @Override
    public String name() {
      return "faulty";
    }

    @Override
    public boolean supports(OpCall call) {
      return true;
    }

    @Override
    public void run(OpCall call) {
      if (runs) {
        try (ReferenceOps reference = new ReferenceOps()) {
          reference.run(call);
        }
      }
      fault.accept(call);
    }
  }
}
