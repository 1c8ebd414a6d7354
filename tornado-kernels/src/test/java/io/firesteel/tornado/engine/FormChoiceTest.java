package io.firesteel.tornado.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.SdkException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormChoiceTest {
  private static OpCall call(Op op) {
    return ConformanceSuite.cases().stream()
        .filter(c -> c.op() == op)
        .map(ConformanceCase::call)
        .findFirst()
        .orElseThrow()
        .get();
  }

  @ParameterizedTest
  @CsvSource({
    "PTX, ATTENTION, PTX",
    "PTX, EXPERT_IN, PTX",
    "PTX, EMBED, JAVA",
    "OPENCL, ATTENTION, JAVA"
  })
  void withoutSettingsHandWrittenPtxRunsWhereItCanAndPays(Backend backend, Op op, Form form)
      throws SdkException {
    assertEquals(form, new FormChoice(Map.of(), backend).of(call(op)));
  }

  @Test
  void theSettingOfATypeGoesBeforeThatOfTheOp() throws SdkException {
    OpCall attention = call(Op.ATTENTION);
    Map<String, String> settings =
        Map.of("attention", "java", FormChoice.key(attention), "ptx", "router", "java");
    FormChoice choice = new FormChoice(settings, Backend.PTX);
    assertEquals(Form.PTX, choice.of(attention));
    assertEquals(Form.JAVA, choice.of(call(Op.ROUTER)));
    assertTrue(choice.isSet(attention));
  }

  @Test
  void ptxOnAnotherBackendIsRefused() {
    SdkException refusal =
        assertThrows(
            SdkException.class, () -> new FormChoice(Map.of("router", "ptx"), Backend.OPENCL));
    assertTrue(refusal.reason().contains("op.router = ptx"), refusal.reason());
  }
}
