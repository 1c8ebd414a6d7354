package io.firesteel.bench.cli;

import io.firesteel.bench.measure.CacheFill;
import io.firesteel.bench.measure.DecodeTraffic;
import io.firesteel.bench.measure.DeviceWatch;
import io.firesteel.bench.measure.Meters;
import io.firesteel.bench.measure.RateBenchmark;
import io.firesteel.bench.measure.RateBenchmark.Repeats;
import io.firesteel.bench.measure.RatePlan;
import io.firesteel.bench.measure.RateResults;
import io.firesteel.bench.measure.RateResults.Kind;
import io.firesteel.bench.peer.Peer;
import io.firesteel.bench.peer.PeerResult;
import io.firesteel.bench.peer.Workload;
import io.firesteel.bench.result.FileHash;
import io.firesteel.bench.result.Provenance;
import io.firesteel.loader.Gguf;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.cli.EngineArguments;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelFile;
import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.sampling.SamplingParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import tools.jackson.databind.node.ObjectNode;

/** One run of {@code bench}: loads, measures in rounds, and describes the result. */
record RateRun(
    FiresteelCommand root,
    RatePlan plan,
    Repeats repeats,
    int rounds,
    CacheFill fill,
    ModelOptions options,
    boolean quiet) {

  ObjectNode measure(Path model, List<Peer> peers, Provenance provenance) throws IOException {
    try (Gguf file = ModelFile.open(model, root)) {
      String hash = FileHash.of(file, root.console().progress());
      DecodeTraffic traffic = new DecodeTraffic(ModelWeights.of(file), options.kvFormat());
      long start = System.nanoTime();
      try (Model loaded = EngineArguments.load(model, root, sized())) {
        double loadSeconds = (System.nanoTime() - start) * 1e-9;
        int threads =
            options.threads() > 0 ? options.threads() : Runtime.getRuntime().availableProcessors();
        try (DeviceMeter meter = Meters.open(loaded.engine(), loaded.device(), threads)) {
          OptionalDouble ceiling = ceiling(meter);
          RateReport report = new RateReport(plan, traffic, ceiling);
          ObjectNode result = provenance.begin("bench");
          report.describe(result, loaded, meter.identity(), loadSeconds);
          RateReport.describeChoices(result, root.settings().implementations());
          report.describeFile(result, file, hash);
          report.describeSettings(result, options, threads, repeats, rounds, fill);
          RateResults results = new RateResults();
          Map<Peer, List<PeerResult>> others = new LinkedHashMap<>();
          measureAll(loaded, meter, results, peers, file, others);
          meter.read().memoryUsedBytes().ifPresent(bytes -> result.put("memoryUsedBytes", bytes));
          report.addResults(result, results);
          report.addPeers(result, results, others);
          new RateTable(quiet ? root.console().err() : root.console().out()).print(result);
          return result;
        }
      }
    }
  }

  private ModelOptions sized() {
    return options.toBuilder()
        .contextLength(plan.longestSession())
        .cacheTokens(plan.cacheTokens(EngineOptions.DEFAULT_PAGE_TOKENS))
        .build();
  }

  private OptionalDouble ceiling(DeviceMeter meter) {
    try {
      return OptionalDouble.of(meter.measureReadCeiling());
    } catch (EngineException e) {
      root.console().err().println("the read ceiling was not measured: " + e.getMessage());
      return OptionalDouble.empty();
    }
  }

  private void measureAll(
      Model model,
      DeviceMeter meter,
      RateResults results,
      List<Peer> peers,
      Gguf file,
      Map<Peer, List<PeerResult>> others)
      throws IOException {
    Workload workload =
        new Workload(plan.contexts(), plan.tokens(), plan.prefills(), repeats.counted());
    try (RateBenchmark benchmark =
        new RateBenchmark(model, new DeviceWatch(meter), repeats, fill)) {
      for (int round = 0; round < rounds; round++) {
        measureOwn(benchmark, results);
        for (Peer peer : peers) {
          root.console().err().println(root.console().faint("running " + peer.name()));
          others
              .computeIfAbsent(peer, _ -> new ArrayList<>())
              .addAll(peer.measure(file.files().getFirst(), workload));
        }
      }
    }
  }

  private void measureOwn(RateBenchmark benchmark, RateResults results) {
    for (int context : plan.contexts()) {
      results.add(
          Kind.DECODE,
          context,
          benchmark.decode(context, plan.tokens(), SamplingParameters.GREEDY));
      if (plan.sampled()) {
        results.add(
            Kind.SAMPLED,
            context,
            benchmark.decode(context, plan.tokens(), SamplingParameters.DEFAULT));
      }
    }
    for (int batch : plan.batches()) {
      results.add(Kind.BATCH, batch, benchmark.batch(batch, plan.shortest(), plan.tokens()));
    }
    for (int prefill : plan.prefills()) {
      results.add(Kind.PREFILL, prefill, benchmark.prefill(prefill));
    }
  }
}
