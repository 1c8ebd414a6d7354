package io.firesteel.ptx.sim;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A parsed PTX file. */
final class PtxModule {
  /** First address of module variables; far above every allocation. */
  static final long VARIABLES = 0x7e00_0000_0000L;

  private final List<String> lines;
  private final Map<String, Entry> entries = new HashMap<>();
  private byte[] variables = {};

  PtxModule(List<String> lines) {
    this.lines = lines;
  }

  static PtxModule parse(String text) {
    return new Parser(text).parse();
  }

  void add(Entry entry) {
    entries.put(entry.name(), entry);
  }

  void variables(byte[] bytes) {
    variables = bytes;
  }

  /** Initial bytes of {@code .global} and {@code .const} variables. */
  byte[] variables() {
    return variables;
  }

  Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new SimFault("module has no entry " + name + ", it has " + entries.keySet());
    }
    return entry;
  }

  /** The text of a line, from 1. */
  String line(int number) {
    return number < 1 || number > lines.size() ? "" : lines.get(number - 1).strip();
  }
}
