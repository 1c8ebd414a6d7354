package io.firesteel.model.tool;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a public method a tool. It takes one record, or parameters whose names are compiled in
 * ({@code javac -parameters}).
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ToolMethod {
  /** What it does, in words for the model. */
  String value();

  /** Name of the tool; the method's if it is empty. */
  String name() default "";
}
