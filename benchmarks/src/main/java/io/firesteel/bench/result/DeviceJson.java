package io.firesteel.bench.result;

import io.firesteel.bench.measure.DeviceUse;
import io.firesteel.model.engine.DeviceIdentity;
import java.util.IntSummaryStatistics;
import java.util.TreeMap;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A device and what it did, as JSON. */
public final class DeviceJson {
  private DeviceJson() {}

  /** What a device is. */
  public static ObjectNode identity(DeviceIdentity identity) {
    ObjectNode node = Json.object();
    node.put("name", identity.name());
    identity.driver().ifPresent(driver -> node.put("driver", driver));
    identity.memoryBytes().ifPresent(bytes -> node.put("memoryBytes", bytes));
    identity.powerLimitWatts().ifPresent(watts -> node.put("powerLimitWatts", watts));
    new TreeMap<>(identity.details()).forEach(node::put);
    return node;
  }

  /** Adds power, energy for each token, clocks, temperature and throttling of some runs. */
  public static void put(ObjectNode node, DeviceUse use, long tokens) {
    Json.put(node, "watts", use.watts());
    use.joules().ifPresent(joules -> node.put("joulesPerToken", joules / tokens));
    putRange(node, "clockMhz", use.clocks());
    putRange(node, "memoryClockMhz", use.memoryClocks());
    putRange(node, "temperature", use.temperatures());
    ArrayNode throttling = node.putArray("throttling");
    use.throttling().forEach(throttling::add);
  }

  private static void putRange(ObjectNode node, String name, IntStream values) {
    IntSummaryStatistics summary = values.summaryStatistics();
    if (summary.getCount() > 0) {
      ObjectNode range = node.putObject(name);
      range.put("least", summary.getMin());
      range.put("mean", summary.getAverage());
      range.put("most", summary.getMax());
    }
  }
}
