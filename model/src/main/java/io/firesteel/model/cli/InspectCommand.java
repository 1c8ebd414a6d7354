package io.firesteel.model.cli;

import io.firesteel.loader.Gguf;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel inspect}: what is in a model file and how much memory it needs. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description =
        "Shows a model's metadata, tensors and sizes, and the memory that a context needs.",
    footer = {
      "",
      "Examples:",
      "  firesteel inspect                        the embedded model",
      "  firesteel inspect model.gguf --tensors   with every tensor",
      "  firesteel inspect model.gguf --context 32768 --json"
    })
public final class InspectCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(names = "--tensors", description = "List every tensor.")
  private boolean tensors;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Positions to state memory for; default: what the model was trained for.")
  private Integer context;

  @Option(names = "--json", description = "Print one JSON object with everything.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (context != null && context < 1) {
      throw CliException.usage("--context is " + context, "give at least 1");
    }
    try (Gguf file = ModelFile.open(model, root)) {
      ModelReport report = ModelReport.of(file, context);
      if (json) {
        root.console().out().println(report.toJson());
      } else {
        report.print(root.console(), tensors);
      }
    }
    return ExitCode.OK;
  }
}
