package io.firesteel.bench.cli;

import io.firesteel.bench.result.GitCheckout;
import io.firesteel.bench.result.Json;
import io.firesteel.bench.result.Provenance;
import io.firesteel.model.cli.FiresteelCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The options of commands whose result is a JSON file. */
public final class RunArguments {
  @Option(names = "--json", description = "Print the result as one JSON object.")
  private boolean json;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Write the result as JSON to this file.")
  private Path out;

  @Option(
      names = "--commit",
      paramLabel = "ID",
      description = "Commit to record; default: what git says of the launcher's folder.")
  private String commit;

  /** For picocli. */
  public RunArguments() {}

  boolean json() {
    return json;
  }

  /** Where the result of a command that runs now comes from. */
  Provenance provenance(CommandSpec spec, FiresteelCommand root) {
    List<String> words = spec.root().commandLine().getParseResult().originalArgs();
    String known = commit == null ? new GitCheckout(root.home()).commit() : commit;
    return Provenance.now(words, known);
  }

  /** Prints and writes a result as far as that was asked for. */
  void deliver(ObjectNode result, FiresteelCommand root) throws IOException {
    if (json) {
      root.console().out().println(Json.text(result));
    }
    if (out != null) {
      Json.write(out, result);
      root.console().err().println(root.console().faint("result in " + out));
    }
  }
}
