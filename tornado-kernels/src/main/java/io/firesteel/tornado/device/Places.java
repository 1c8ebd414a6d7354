package io.firesteel.tornado.device;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Lines of kernel code in a stack. */
final class Places {
  private static final String DEVICE = Places.class.getPackageName() + ".";

  private Places() {}

  /** The innermost line of kernel code and those that called it: {@code A.java:3 from B.java:7}. */
  static String ofKernel(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .dropWhile(frame -> !isKernel(frame))
        .takeWhile(Places::isKernel)
        .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
        .collect(Collectors.joining(" from "));
  }

  private static boolean isKernel(StackTraceElement frame) {
    String name = frame.getClassName();
    return !name.startsWith(DEVICE)
        && !name.startsWith("java.")
        && !name.startsWith("jdk.")
        && !name.startsWith("uk.ac.manchester.tornado.");
  }
}
