package io.firesteel.model.image;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

/** The JDK's own tools, run inside this JVM. */
final class JdkTools {
  private JdkTools() {}

  /**
   * The JDK modules that a class path uses by what its classes name.
   *
   * @param jars the whole class path
   */
  static Set<String> modulesOf(List<Path> jars) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--print-module-deps",
                "--ignore-missing-deps",
                "--multi-release",
                Integer.toString(Runtime.version().feature())));
    arguments.add("--class-path");
    arguments.add(jars.stream().map(Path::toString).collect(Collectors.joining(":")));
    jars.forEach(jar -> arguments.add(jar.toString()));
    String output = run("jdeps", arguments);
    String modules = output.strip().lines().reduce("", (_, last) -> last);
    return new TreeSet<>(Arrays.asList(modules.split(",")));
  }

  /**
   * Links a runtime.
   *
   * @param modules names of its root modules
   * @param target folder to create
   * @param compression level 0 to 9
   */
  static void link(Set<String> modules, Path target, int compression) {
    run(
        "jlink",
        List.of(
            "--add-modules",
            String.join(",", modules),
            "--output",
            target.toString(),
            "--strip-debug",
            "--no-header-files",
            "--no-man-pages",
            "--compress",
            "zip-" + compression));
  }

  private static String run(String name, List<String> arguments) {
    ToolProvider tool =
        ToolProvider.findFirst(name)
            .orElseThrow(
                () ->
                    new ImageException(
                        "this Java has no "
                            + name
                            + ": run the program with a whole JDK, not with a runtime image"));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        tool.run(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            arguments.toArray(new String[0]));
    if (code != 0) {
      String said = (err.toString().isBlank() ? out : err).toString().strip();
      throw new ImageException(name + " failed: " + said);
    }
    return out.toString();
  }
}
