package io.firesteel.ptx.driver;

import io.firesteel.model.engine.Availability;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Runs tests where a GPU is, and says what is missing where they are skipped. */
@Tag("gpu")
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresGpu.Condition.class)
public @interface RequiresGpu {
  /** Asks the driver. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return switch (Driver.probe()) {
        case Availability.Usable(String device) -> ConditionEvaluationResult.enabled(device);
        case Availability.Refused(String reason, String remedy) ->
            ConditionEvaluationResult.disabled(reason + ". " + remedy + ".");
      };
    }
  }
}
