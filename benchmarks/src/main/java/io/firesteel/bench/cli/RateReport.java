package io.firesteel.bench.cli;

import io.firesteel.bench.measure.CacheFill;
import io.firesteel.bench.measure.DecodeTraffic;
import io.firesteel.bench.measure.Measured;
import io.firesteel.bench.measure.RateBenchmark.Repeats;
import io.firesteel.bench.measure.RatePlan;
import io.firesteel.bench.measure.RateResults;
import io.firesteel.bench.measure.RateResults.Kind;
import io.firesteel.bench.measure.Samples;
import io.firesteel.bench.peer.Peer;
import io.firesteel.bench.peer.PeerResult;
import io.firesteel.bench.result.DeviceJson;
import io.firesteel.bench.result.Json;
import io.firesteel.loader.Gguf;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.engine.DeviceIdentity;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes the result of {@code bench}. */
record RateReport(RatePlan plan, DecodeTraffic traffic, OptionalDouble ceiling) {
  void describe(ObjectNode root, Model model, DeviceIdentity identity, double loadSeconds) {
    root.put("model", model.config().name());
    root.put("engine", model.engine());
    root.put("device", model.device());
    root.set("hardware", DeviceJson.identity(identity));
    root.put("memoryBytes", model.memoryBytes());
    root.put("loadSeconds", loadSeconds);
    Json.put(root, "readCeilingBytesPerSecond", ceiling);
  }

  void describeFile(ObjectNode root, Gguf file, String hash) {
    ObjectNode node = root.putObject("file");
    node.put("name", name(file));
    node.put("bytes", file.fileSize());
    node.put("sha256", hash);
  }

  private static String name(Gguf file) {
    return file.files().isEmpty() ? file.name() : file.files().getFirst().getFileName().toString();
  }

  /** Which implementation of ops the settings ask for; engines choose the others. */
  static void describeChoices(ObjectNode root, Map<String, String> choices) {
    ObjectNode node = root.putObject("implementations");
    new TreeMap<>(choices).forEach(node::put);
  }

  void describeSettings(
      ObjectNode root,
      ModelOptions options,
      int threads,
      Repeats repeats,
      int rounds,
      CacheFill fill) {
    ObjectNode node = root.putObject("settings");
    node.put("kv", options.kvFormat().name().toLowerCase(Locale.ROOT));
    node.put("threads", threads);
    node.put("warmup", repeats.warmup());
    node.put("warmSeconds", repeats.warmTime().toNanos() * 1e-9);
    node.put("repeats", repeats.counted());
    node.put("rounds", rounds);
    node.put("fill", fill.toString());
    node.put("fillDescription", fill.description());
    node.put("cachePositions", plan.cacheTokens(1));
  }

  void addResults(ObjectNode root, RateResults results) {
    addDecode(root.putArray("decode"), results, Kind.DECODE);
    if (plan.sampled()) {
      addDecode(root.putArray("sampled"), results, Kind.SAMPLED);
    }
    if (!plan.batches().isEmpty()) {
      addBatches(root.putArray("batch"), results);
    }
    ArrayNode prefill = root.putArray("prefill");
    results.forEach(
        Kind.PREFILL,
        (tokens, measured) -> {
          ObjectNode node = prefill.addObject();
          node.put("tokens", tokens);
          Json.putRate(node, measured.rates());
          node.put("timeToFirstTokenSeconds", measured.firstTokens().median());
          Json.put(node, "firstTokenSamples", measured.firstTokens().values());
          DeviceJson.put(node, measured.use(), measured.tokens());
        });
  }

  private void addDecode(ArrayNode array, RateResults results, Kind kind) {
    results.forEach(
        kind,
        (context, measured) -> {
          ObjectNode node = array.addObject();
          node.put("context", context);
          node.put("tokens", plan.tokens());
          Json.putRate(node, measured.rates());
          // the cache grows while tokens are decoded
          addTraffic(node, measured, traffic.bytes(context + plan.tokens() / 2, 1), 1);
          DeviceJson.put(node, measured.use(), measured.tokens());
        });
  }

  private void addBatches(ArrayNode array, RateResults results) {
    results.forEach(
        Kind.BATCH,
        (batch, measured) -> {
          ObjectNode node = array.addObject();
          node.put("batch", batch);
          node.put("context", plan.shortest());
          node.put("tokens", plan.tokens());
          Json.putRate(node, measured.rates());
          int context = plan.shortest() + plan.tokens() / 2;
          addTraffic(node, measured, traffic.bytes(context, batch), batch);
          DeviceJson.put(node, measured.use(), measured.tokens());
        });
  }

  private void addTraffic(ObjectNode node, Measured measured, double bytes, int batch) {
    node.put("bytesPerStep", Math.round(bytes));
    if (ceiling.isPresent()) {
      double steps = measured.rates().median() / batch;
      node.put("shareOfCeiling", steps * bytes / ceiling.getAsDouble());
    }
  }

  void addPeers(ObjectNode root, RateResults own, Map<Peer, List<PeerResult>> others) {
    if (others.isEmpty()) {
      return;
    }
    ArrayNode peers = root.putArray("peers");
    others.forEach(
        (peer, results) -> {
          ObjectNode node = peers.addObject();
          node.put("name", peer.name());
          addPeer(
              node.putArray("decode"),
              "context",
              results,
              PeerResult.Kind.DECODE,
              own,
              Kind.DECODE);
          addPeer(
              node.putArray("prefill"),
              "tokens",
              results,
              PeerResult.Kind.PREFILL,
              own,
              Kind.PREFILL);
        });
  }

  private static void addPeer(
      ArrayNode array,
      String sizeName,
      List<PeerResult> results,
      PeerResult.Kind kind,
      RateResults own,
      Kind ownKind) {
    Map<Integer, Samples> bySize = new TreeMap<>();
    results.stream()
        .filter(result -> result.kind() == kind)
        .forEach(result -> bySize.merge(result.size(), result.rates(), Samples::and));
    bySize.forEach(
        (size, rates) -> {
          ObjectNode node = array.addObject();
          node.put(sizeName, size);
          Json.putRate(node, rates);
          node.put("ratio", own.get(ownKind, size).rates().median() / rates.median());
        });
  }
}
