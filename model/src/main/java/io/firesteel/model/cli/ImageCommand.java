package io.firesteel.model.cli;

import io.firesteel.loader.file.ByteSize;
import io.firesteel.model.image.ImageException;
import io.firesteel.model.image.ImageParts;
import io.firesteel.model.image.RuntimeImage;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel image}: the program and its Java runtime in one folder. */
@Command(
    name = "image",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Builds a runtime image: a folder with the program and the parts of the JDK that it uses."
          + " It runs on a machine of this kind that has a shell and, for the GPU, NVIDIA's"
          + " driver: no Java, no Maven, no CUDA toolkit."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel image -o firesteel-image",
      "  firesteel image -o firesteel-image --archive firesteel.tar.gz",
      "  firesteel-image/firesteel engines"
    })
public final class ImageCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FOLDER",
      defaultValue = "firesteel-image",
      description = "Folder to create. Default: firesteel-image.")
  private Path output;

  @Option(
      names = "--archive",
      paramLabel = "FILE",
      description = "Pack the image as well, into a .tar.gz, .tgz or .zip file.")
  private Path archive;

  @Option(
      names = "--compress",
      paramLabel = "0-9",
      defaultValue = "6",
      description = "Compression of the JDK's modules. Default: 6.")
  private int compression;

  @Override
  public Integer call() throws IOException {
    try {
      RuntimeImage image =
          RuntimeImage.of(
              root.home(),
              System.getProperty("java.class.path"),
              File.pathSeparator,
              System.getProperty("os.name"),
              System.getProperty("os.arch"));
      RuntimeImage.Request request =
          new RuntimeImage.Request(output, Optional.ofNullable(archive), compression);
      print(image.build(request, root.console().progress()));
      return ExitCode.OK;
    } catch (ImageException e) {
      throw CliException.failure(e.getMessage(), "", e);
    }
  }

  private void print(RuntimeImage.Result result) {
    PrintStream out = root.console().out();
    ImageParts parts = result.parts();
    print(out, "Firesteel's code", parts.code());
    print(out, "kernels", parts.kernels());
    print(out, "embedded model", parts.model());
    print(out, "native libraries", parts.natives());
    print(out, "other libraries", parts.libraries());
    print(out, "Java runtime", parts.jdk());
    print(out, "launcher, settings", parts.other());
    print(out, output.toString(), parts.total());
    result.archiveBytes().ifPresent(bytes -> print(out, archive.toString(), bytes));
    out.println("JDK modules: " + String.join(", ", result.modules()));
  }

  private static void print(PrintStream out, String what, long bytes) {
    out.printf("%-20s %9s%n", what, ByteSize.format(bytes));
  }
}
