package io.firesteel.bench;

import io.firesteel.model.Model;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import picocli.CommandLine.ParseResult;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The result of {@code bench} as JSON that says what was measured, on what and how. */
final class BenchReport {
  private final ObjectNode root = JsonMapper.shared().createObjectNode();
  private final ArrayNode decode;
  private final ArrayNode prefill;

  BenchReport(Model model, ParseResult parsed) {
    root.put("benchmark", "bench");
    root.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("command", "firesteel bench " + String.join(" ", parsed.originalArgs()));
    root.put("model", model.config().name());
    root.put("engine", model.engine());
    root.put("device", model.device());
    root.put("memoryBytes", model.memoryBytes());
    root.put("java", Runtime.version().toString());
    root.put("processors", Runtime.getRuntime().availableProcessors());
    decode = root.putArray("decode");
    prefill = root.putArray("prefill");
  }

  void addDecode(int context, int tokens, Rates rates) {
    ObjectNode node = decode.addObject();
    node.put("context", context);
    node.put("tokens", tokens);
    put(node, rates);
  }

  void addPrefill(int tokens, Rates rates) {
    ObjectNode node = prefill.addObject();
    node.put("tokens", tokens);
    put(node, rates);
  }

  private static void put(ObjectNode node, Rates rates) {
    node.put("tokensPerSecond", rates.median());
    node.put("spread", rates.spread());
    ArrayNode samples = node.putArray("samples");
    Arrays.stream(rates.samples()).forEach(samples::add);
  }

  String toJson() {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }
}
