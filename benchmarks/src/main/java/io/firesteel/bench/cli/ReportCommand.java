package io.firesteel.bench.cli;

import io.firesteel.bench.report.ReportPage;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.Subcommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel report}: a page made of result files. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Makes one self-contained HTML page of the result files in a folder, and its charts as SVG"
          + " and",
      "PNG: rates against context, engines and other programs side by side, ops, history, energy,",
      "accuracy, verdicts."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel report benchmarks/results",
      "  firesteel report results --out report.html"
    })
public final class ReportCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(paramLabel = "DIR", description = "Folder of result files.")
  private Path folder;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description =
          "Where to write the page; default: report.html in the folder. Charts go beside it.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw CliException.usage(folder + " is no folder", "name one with result files");
    }
    ReportPage page;
    try {
      page = ReportPage.of(folder);
    } catch (IllegalArgumentException e) {
      throw CliException.failure(e.getMessage(), "");
    }
    Path file = out == null ? folder.resolve("report.html") : out;
    Path parent = file.toAbsolutePath().getParent();
    Files.createDirectories(parent);
    Files.writeString(file, page.html());
    int charts = page.writeCharts(parent.resolve("charts"));
    root.console()
        .out()
        .println("%s, and %d charts in %s".formatted(file, charts, parent.resolve("charts")));
    return ExitCode.OK;
  }
}
