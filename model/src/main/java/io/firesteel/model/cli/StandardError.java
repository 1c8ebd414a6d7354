package io.firesteel.model.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The launcher starts Java with standard error turned aside, because Java announces its incubating
 * Vector API there and has no option against it, and leaves the real one open under another number.
 */
final class StandardError {
  private static final int STDERR = 2;

  private StandardError() {}

  /**
   * Puts the real standard error back.
   *
   * @param descriptor where the launcher left it
   */
  static void restoreFrom(int descriptor) {
    Linker linker = Linker.nativeLinker();
    MethodHandle dup2 =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("dup2"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    try {
      int result = (int) dup2.invokeExact(descriptor, STDERR);
      if (result != STDERR) {
        throw new IllegalStateException("standard error could not be restored");
      }
    } catch (Throwable e) {
      throw new IllegalStateException("dup2 failed", e);
    }
  }
}
