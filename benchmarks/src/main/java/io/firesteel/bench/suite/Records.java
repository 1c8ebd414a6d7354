package io.firesteel.bench.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What became of each item, one JSON object a line, written as soon as it is known: a run that was
 * broken off goes on where it stood.
 */
public final class Records {
  private final Optional<Path> file;
  private final Map<String, ObjectNode> byId = new HashMap<>();

  /**
   * Records of a run.
   *
   * @param file keeps them; what it holds already is taken over
   * @throws IOException if it cannot be read or holds anything else
   */
  public Records(Optional<Path> file) throws IOException {
    this.file = file;
    if (file.isPresent() && Files.exists(file.get()) && Files.size(file.get()) > 0) {
      for (JsonNode line : JsonLines.read(file.get(), "id", "category", "reply", "right")) {
        byId.put(line.get("id").asString(), (ObjectNode) line);
      }
    }
  }

  /** Whether an item has been asked. */
  public synchronized boolean has(SuiteItem item) {
    return byId.containsKey(item.id());
  }

  /** Scores a reply and keeps both. */
  public void add(SuiteItem item, String reply) {
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("id", item.id());
    line.put("category", item.category());
    line.put("reply", reply);
    line.put("right", item.scorer().test(reply));
    synchronized (this) {
      byId.put(item.id(), line);
      file.ifPresent(path -> append(path, line + "\n"));
    }
  }

  private static void append(Path path, String line) {
    try {
      Files.writeString(path, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The records of items, in their order. */
  public synchronized List<ObjectNode> of(List<SuiteItem> items) {
    return items.stream().map(item -> byId.get(item.id())).toList();
  }
}
