package io.firesteel.bench.op;

import io.firesteel.loader.TensorType;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Op;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One call to be measured.
 *
 * @param op the op
 * @param type type of the weights, or the cache's format, by name; {@code -} for neither
 * @param shape sizes
 * @param rows tokens of the step
 * @param context positions in the cache, for ops that read it
 */
public record OpCase(Op op, String type, ModelShape shape, int rows, int context) {
  private static final String SEPARATOR = "/";

  /**
   * All cases of a shape: ops with weights for each type, ops on the cache for each format and
   * context.
   *
   * @param types weight types
   * @param formats formats of the cache
   * @param contexts positions in the cache
   * @param rows numbers of tokens of a step
   */
  public static List<OpCase> of(
      ModelShape shape,
      List<TensorType> types,
      List<KvFormat> formats,
      List<Integer> contexts,
      List<Integer> rows) {
    List<OpCase> cases = new ArrayList<>();
    for (Op op : Op.values()) {
      if (op == Op.ROUTER && !shape.isMixture()) {
        continue;
      }
      for (int count : rows) {
        switch (op) {
          case EMBED, ATTN_IN, ATTN_OUT, EXPERT_IN, EXPERT_OUT, LOGITS ->
              types.forEach(type -> cases.add(new OpCase(op, type.name(), shape, count, 0)));
          case ROUTER -> cases.add(new OpCase(op, TensorType.F32.name(), shape, count, 0));
          case ROPE_KV, ATTENTION ->
              formats.forEach(
                  format ->
                      contexts.forEach(
                          context ->
                              cases.add(new OpCase(op, format.name(), shape, count, context))));
          case SAMPLE -> cases.add(new OpCase(op, "-", shape, count, 0));
        }
      }
    }
    return cases.stream().distinct().toList();
  }

  /** A text that {@link #parse} reads. */
  public String label() {
    return String.join(
        SEPARATOR,
        op.label(),
        type.toLowerCase(Locale.ROOT),
        shape.name(),
        Integer.toString(rows),
        Integer.toString(context));
  }

  /** The case with a label. */
  static OpCase parse(String label) {
    List<String> parts = Arrays.asList(label.split(SEPARATOR));
    return new OpCase(
        Op.valueOf(parts.get(0).toUpperCase(Locale.ROOT)),
        parts.get(1).toUpperCase(Locale.ROOT),
        ModelShape.named(parts.get(2)),
        Integer.parseInt(parts.get(3)),
        Integer.parseInt(parts.get(4)));
  }
}
