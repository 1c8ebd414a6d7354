package io.firesteel.tornado.device.junit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of a kernel, run once for each of several seeds. Its method may take a {@link
 * io.firesteel.tornado.device.JvmDevice} with that seed:
 *
 * <pre>{@code
 * @KernelTest(seeds = 3)
 * void sumsRows(JvmDevice device) {
 *   device.run(RowSum.task(x, sums, rows));
 *   KernelAssertions.assertClose(expected, sums, 1e-12);
 * }
 * }</pre>
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(KernelTestExtension.class)
public @interface KernelTest {
  /** Number of seeds, from 1 on. */
  int seeds() default 3;
}
