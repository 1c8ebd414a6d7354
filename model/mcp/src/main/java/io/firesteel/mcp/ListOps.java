package io.firesteel.mcp;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.Op;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which ops there are, and which implementations can run here. */
final class ListOps implements KernelTool {
  private final Implementations implementations;

  ListOps(Implementations implementations) {
    this.implementations = implementations;
  }

  @Override
  public String name() {
    return "list_ops";
  }

  @Override
  public String description() {
    return "Lists the ops of a decode step with the names of their conformance cases, and the"
        + " implementations that are installed: which can run on this machine, and for the others"
        + " why not and what would fix it.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return Schema.arguments().requiring();
  }

  @Override
  public Map<String, Object> call(Arguments arguments) {
    List<ConformanceCase> cases = ConformanceSuite.cases();
    List<Map<String, Object>> ops = new ArrayList<>();
    for (Op op : Op.values()) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("op", op.label());
      entry.put(
          "cases",
          cases.stream().filter(each -> each.op() == op).map(ConformanceCase::name).toList());
      ops.add(entry);
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ops", ops);
    result.put("implementations", implementations.all().stream().map(ListOps::describe).toList());
    return result;
  }

  private static Map<String, Object> describe(OpsProvider provider) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", provider.name());
    switch (provider.probe()) {
      case Availability.Usable(String device) -> {
        entry.put("usable", true);
        entry.put("device", device);
      }
      case Availability.Refused(String reason, String remedy) -> {
        entry.put("usable", false);
        entry.put("reason", reason);
        entry.put("remedy", remedy);
      }
    }
    return entry;
  }
}
