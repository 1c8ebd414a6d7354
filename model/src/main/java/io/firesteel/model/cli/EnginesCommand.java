package io.firesteel.model.cli;

import io.firesteel.model.config.Settings;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel engines}: which engines can run here, and what would fix the others. */
@Command(
    name = "engines",
    mixinStandardHelpOptions = true,
    description = "Lists the engines: usable or refused, why, and what would fix it.",
    footer = {"", "Example:", "  firesteel engines"})
public final class EnginesCommand implements Subcommand {
  private static final int PROBE_CONTEXT = 4096;

  @ParentCommand private FiresteelCommand root;

  @Override
  public Integer call() {
    Settings settings = root.settings();
    EngineOptions options =
        EngineOptions.of(PROBE_CONTEXT, settings.kvFormat())
            .withSettings(settings.engineSettings());
    Console console = root.console();
    boolean chosen = false;
    for (EngineProvider provider : providers()) {
      switch (provider.probe(options)) {
        case Availability.Usable usable -> {
          String mark = chosen ? "usable" : "usable, chosen by --engine auto";
          console
              .out()
              .println(console.bold(provider.name()) + "  " + mark + ": " + usable.device());
          chosen = true;
        }
        case Availability.Refused refused -> {
          console.out().println(console.bold(provider.name()) + "  refused: " + refused.reason());
          console.out().println("     remedy: " + refused.remedy());
        }
      }
    }
    return chosen ? ExitCode.OK : ExitCode.FAILURE;
  }

  private static List<EngineProvider> providers() {
    return ServiceLoader.load(EngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(EngineProvider::preference).reversed())
        .toList();
  }
}
