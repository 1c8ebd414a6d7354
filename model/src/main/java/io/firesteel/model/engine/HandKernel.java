package io.firesteel.model.engine;

import io.firesteel.loader.TensorType;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A hand-written GPU kernel made for one shape of an op, to stand in another engine's graph beside
 * kernels that a compiler made, on the same arrays.
 *
 * <p>Every parameter takes eight bytes, in the order of {@code parameters}; before them comes one
 * that is ignored. A pointer names an array's header, whose length the kernel knows.
 *
 * @param name of the kernel, in lower case: the same for equal code, different for different code
 * @param groupsX work groups in x
 * @param groupsY work groups in y
 * @param groupsZ work groups in z
 * @param threads threads of a work group, along x
 * @param parameters what is passed, in order
 * @param code from the name of the entry function to PTX without header lines, for PTX 7.4 and
 *     sm_80 or newer
 */
public record HandKernel(
    String name,
    int groupsX,
    int groupsY,
    int groupsZ,
    int threads,
    List<Parameter> parameters,
    UnaryOperator<String> code) {
  /** What a parameter is. Names of operands are those of the op's record. */
  public sealed interface Parameter {
    /** An operand that is read, written, or both. */
    record Operand(String name, boolean read, boolean written) implements Parameter {}

    /** A matrix of weights, laid out by {@link HandKernels#pack}. */
    record Weights(String name, TensorType type) implements Parameter {}

    /** Memory of the kernel's own with undefined contents. */
    record Scratch(String name, long bytes) implements Parameter {}

    /** Memory of the kernel's own: zero before its first run, and left zero by every run. */
    record Counters(String name, int words) implements Parameter {}

    /** A number. */
    record Scalar(String name, int value) implements Parameter {}

    /** A pointer that is not used for this shape; anything may be passed. */
    record Unused(String name) implements Parameter {}
  }

  /** Takes an immutable copy. */
  public HandKernel {
    parameters = List.copyOf(parameters);
  }
}
