package io.firesteel.tornado.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** What is changed of TornadoVM's runtime, with as much around it as it needs to run. */
final class FakeRuntime {
  private static final Map<String, String> SOURCES =
      Map.of(
          "tasks/PrebuiltTask",
          """
          package uk.ac.manchester.tornado.runtime.tasks;
          public class PrebuiltTask {
            @Override public boolean equals(Object other) { return false; }
            @Override public int hashCode() { return 1; }
          }
          """,
          "graph/TornadoExecutionContext",
          """
          package uk.ac.manchester.tornado.runtime.graph;
          public class TornadoExecutionContext {
            public final Object[] tasks;
            public TornadoExecutionContext() { tasks = new Object[256]; }
          }
          """,
          "graph/TornadoGraph",
          """
          package uk.ac.manchester.tornado.runtime.graph;
          public class TornadoGraph {
            public final Object[] nodes;
            public TornadoGraph() { nodes = new Object[1024]; }
          }
          """,
          "tasks/TornadoTaskGraph",
          """
          package uk.ac.manchester.tornado.runtime.tasks;
          public class TornadoTaskGraph {
            public byte[] code = new byte[8192];
            public TornadoTaskGraph() {}
          }
          """,
          "common/TornadoXPUDevice",
          """
          package uk.ac.manchester.tornado.runtime.common;
          public interface TornadoXPUDevice { void enableThreadSharing(); }
          """,
          "interpreter/TornadoVMInterpreter",
          """
          package uk.ac.manchester.tornado.runtime.interpreter;
          import java.util.HashMap;
          import java.util.List;
          import uk.ac.manchester.tornado.api.common.Event;
          import uk.ac.manchester.tornado.runtime.common.TornadoXPUDevice;
          public class TornadoVMInterpreter {
            private static final Event EMPTY_EVENT = null;
            private final HashMap<Integer, Long> executionGraphHandles;
            private final TornadoXPUDevice interpreterDevice;
            private final boolean concurrent;
            private final List<String> done;
            public TornadoVMInterpreter(
                HashMap<Integer, Long> handles, boolean concurrent, List<String> done) {
              this.executionGraphHandles = handles;
              this.concurrent = concurrent;
              this.done = done;
              interpreterDevice = () -> done.add("share");
            }
            private boolean isIntraPlanConcurrencyActive() { return concurrent; }
            private int executeGraphLaunch(StringBuilder log, int graph) {
              done.add("launch " + graph);
              return 0;
            }
            private Event execute(boolean warmup) {
              done.add("walk");
              return null;
            }
            public Event execute() { return execute(false); }
          }
          """);

  private static final class Compiled {
    static final Map<String, byte[]> CLASSES = compile();
  }

  private FakeRuntime() {}

  /** The classes, by their files. */
  static Map<String, byte[]> classes() {
    return Compiled.CLASSES;
  }

  private static Map<String, byte[]> compile() {
    try {
      Path folder = Files.createTempDirectory("runtime");
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  "-d", folder.toString(), "-classpath", System.getProperty("java.class.path")));
      for (Map.Entry<String, String> source : SOURCES.entrySet()) {
        String name = source.getKey().substring(source.getKey().indexOf('/') + 1);
        Path file = folder.resolve(name + ".java");
        Files.writeString(file, source.getValue());
        arguments.add(file.toString());
      }
      int result =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(String[]::new));
      if (result != 0) {
        throw new IllegalStateException("the sources do not compile");
      }
      return read(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, byte[]> read(Path folder) throws IOException {
    Map<String, byte[]> classes = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        classes.put(folder.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return classes;
  }
}
