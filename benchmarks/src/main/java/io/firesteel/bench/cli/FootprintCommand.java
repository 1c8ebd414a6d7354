package io.firesteel.bench.cli;

import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.Subcommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firesteel footprint}: how large the program is. */
@Command(
    name = "footprint",
    mixinStandardHelpOptions = true,
    description =
        "Sizes of the program's code, kernels, libraries and natives, beside other programs'.",
    footer = {
      "",
      "Examples:",
      "  firesteel footprint",
      "  firesteel footprint --beside image=firesteel-image.tar.gz --beside"
          + " llama.cpp=~/llama.cpp/build/bin",
    })
public final class FootprintCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;
  @Spec private CommandSpec spec;

  @Option(
      names = "--beside",
      paramLabel = "NAME=PATH",
      description =
          "Another program's file or folder, or a runtime image; may be given several times.")
  private Map<String, Path> beside = new LinkedHashMap<>();

  @Option(
      names = "--lib",
      paramLabel = "DIR",
      description =
          "Folder of the program's jars; default: target/firesteel/lib below the launcher.")
  private Path lib;

  @Mixin private RunArguments run;

  @Override
  public Integer call() throws IOException {
    Path jars = lib == null ? root.home().resolve("target/firesteel/lib") : lib;
    if (!Files.isDirectory(jars)) {
      throw CliException.failure(
          jars + " does not exist", "build the program, or name its folder with --lib");
    }
    ObjectNode result = run.provenance(spec, root).begin("footprint");
    ArrayNode sizes = result.putArray("sizes");
    add(sizes, "own code (classes)", entries(jars, true, name -> name.endsWith(".class")), jars);
    add(sizes, "own PTX kernels", entries(jars, true, name -> name.endsWith(".ptx")), jars);
    add(sizes, "embedded model", entries(jars, true, name -> name.endsWith(".gguf")), jars);
    add(sizes, "libraries (classes)", entries(jars, false, name -> name.endsWith(".class")), jars);
    add(sizes, "natives", entries(jars, false, FootprintCommand::isNative), jars);
    add(sizes, "all jars", size(jars), jars);
    for (Map.Entry<String, Path> other : beside.entrySet()) {
      if (!Files.exists(other.getValue())) {
        throw CliException.usage(
            "--beside " + other.getValue() + " does not exist", "check the path");
      }
      add(sizes, other.getKey(), size(other.getValue()), other.getValue());
    }
    if (!run.json()) {
      sizes.forEach(
          row ->
              root.console()
                  .out()
                  .printf(
                      Locale.ROOT,
                      "%-22s %9.2f MB%n",
                      row.path("what").asString(),
                      row.path("bytes").asDouble() * 1e-6));
    }
    run.deliver(result, root);
    return ExitCode.OK;
  }

  private static void add(ArrayNode sizes, String what, long bytes, Path source) {
    ObjectNode row = sizes.addObject();
    row.put("what", what);
    row.put("bytes", bytes);
    row.put("source", "measured: " + source.getFileName());
  }

  private static boolean isNative(String name) {
    return name.matches(".*\\.(so|dll|dylib|jnilib)(\\.[0-9.]+)?");
  }

  private static long size(Path path) throws IOException {
    long size = 0;
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        size += Files.size(file);
      }
    }
    return size;
  }

  /** Unpacked size of the entries of our jars, or of all others. */
  private static long entries(Path jars, boolean own, Predicate<String> wanted) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(jars)) {
      files =
          all.filter(jar -> jar.toString().endsWith(".jar"))
              .filter(jar -> jar.getFileName().toString().startsWith("firesteel-") == own)
              .toList();
    }
    long size = 0;
    for (Path jar : files) {
      try (ZipFile zip = new ZipFile(jar.toFile())) {
        size +=
            zip.stream()
                .filter(entry -> wanted.test(entry.getName()))
                .mapToLong(ZipEntry::getSize)
                .sum();
      }
    }
    return size;
  }
}
