package io.firesteel.tornado.sdk;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Tests that need Java to have been started with an installed TornadoVM, as {@code mvn verify
 * -Ptornado-sdk} does. Elsewhere they are skipped; there they fail if it cannot be used.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("tornado")
@ExtendWith(NeedsTornado.Condition.class)
public @interface NeedsTornado {
  /** Whether there is one. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      if (!Boolean.getBoolean("tornado.required")
          && ModuleLayer.boot().findModule("tornado.runtime").isEmpty()) {
        return ConditionEvaluationResult.disabled(
            "no TornadoVM on the module path: run with -Ptornado-sdk");
      }
      try {
        TornadoDevices devices = TornadoDevices.query(TornadoSettings.ofLauncher());
        return ConditionEvaluationResult.enabled(devices.describe());
      } catch (SdkException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
  }
}
