package io.firesteel.tornado.tune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What was measured.
 *
 * @param model name of the model
 * @param device what it was measured on
 * @param ceiling bytes a second that the device can read; empty where that cannot be measured
 * @param ops a model's calls
 */
public record TuneReport(String model, String device, OptionalDouble ceiling, List<TunedOp> ops) {
  private static final String HEAD =
      "op            type   shape                                          times    JIT µs"
          + "    PTX µs  ratio  of ceiling";

  /** Takes an immutable copy. */
  public TuneReport {
    ops = List.copyOf(ops);
  }

  /** The faster forms. */
  public List<Winner> winners() {
    return Winner.of(ops);
  }

  /** What did not run, each with the reason. */
  public List<String> failures() {
    return ops.stream()
        .flatMap(
            op ->
                Stream.of(
                    failure(op, "java", op.java().failure()),
                    failure(op, "ptx", op.ptx().failure())))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static String failure(TunedOp op, String form, String reason) {
    return reason.isEmpty() ? "" : op.shape().key() + " as " + form + " failed: " + reason;
  }

  /** For people. */
  public List<String> table() {
    List<String> lines = new ArrayList<>(List.of(device, "", HEAD));
    ops.forEach(op -> lines.add(row(op)));
    lines.addAll(failures());
    return lines;
  }

  private String row(TunedOp op) {
    CallShape shape = op.shape();
    int dot = shape.key().indexOf('.');
    return String.format(
        Locale.ROOT,
        "%-13s %-6s %-46s %5d %9s %9s %6s %11s",
        shape.key().substring(0, dot),
        shape.key().substring(dot + 1),
        shape.shape(),
        shape.times(),
        number("%.2f", op.java().micros()),
        number("%.2f", op.ptx().micros()),
        number("%.2f", op.isCompared() ? OptionalDouble.of(op.ratio()) : OptionalDouble.empty()),
        number("%.1f %%", percent(op)));
  }

  private OptionalDouble percent(TunedOp op) {
    OptionalDouble share = share(op);
    return share.isEmpty() ? share : OptionalDouble.of(100 * share.getAsDouble());
  }

  /** The share of the ceiling that the faster form reaches. */
  OptionalDouble share(TunedOp op) {
    OptionalDouble best = op.bestMicros();
    return ceiling.isEmpty() || best.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            op.shape().bytes() / (best.getAsDouble() * 1e-6) / ceiling.getAsDouble());
  }

  private static String number(String format, OptionalDouble value) {
    return value.isEmpty() ? "-" : String.format(Locale.ROOT, format, value.getAsDouble());
  }

  /** For programs: names and numbers only. */
  public Map<String, Object> json() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("model", model);
    report.put("device", device);
    put(report, "ceilingBytesPerSecond", ceiling);
    report.put("ops", ops.stream().map(this::json).toList());
    report.put("winners", winners());
    return report;
  }

  private Map<String, Object> json(TunedOp op) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("key", op.shape().key());
    row.put("shape", op.shape().shape());
    row.put("times", op.shape().times());
    row.put("bytes", op.shape().bytes());
    put(row, "javaMicros", op.java().micros());
    put(row, "ptxMicros", op.ptx().micros());
    put(row, "shareOfCeiling", share(op));
    return row;
  }

  private static void put(Map<String, Object> map, String key, OptionalDouble value) {
    map.put(key, value.isEmpty() ? null : value.getAsDouble());
  }
}
