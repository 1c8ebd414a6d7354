package io.firesteel.tornado.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.Console;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelFile;
import io.firesteel.model.cli.Subcommand;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.HandKernel;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.tornado.engine.Form;
import io.firesteel.tornado.engine.TornadoOps;
import io.firesteel.tornado.graph.HandTasks;
import io.firesteel.tornado.kernels.BoundOp;
import io.firesteel.tornado.kernels.KernelTask;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.SdkException;
import io.firesteel.tornado.sdk.TornadoDevices;
import io.firesteel.tornado.sdk.TornadoSettings;
import io.firesteel.tornado.tune.CallShape;
import io.firesteel.tornado.tune.ModelCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel kernels}: which kernels there are for each op of a model, and their code. */
@Command(
    name = "kernels",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the ops of a model with the Java kernels and the hand-written PTX that compute them.",
      "",
      "--show prints the source of the Java kernels, what TornadoVM makes of them where one is"
          + " installed, and the hand-written PTX."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel kernels",
      "  firesteel kernels --show attention --model model.gguf"
    })
public final class KernelsCommand implements Subcommand {
  private static final int PAGE_TOKENS = 16;
  private static final int CONTEXT = 1024;

  /** Multiprocessors to make grids for where no device is asked: those of an H100. */
  private static final int MULTIPROCESSORS = 132;

  @ParentCommand private FiresteelCommand root;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(names = "--show", paramLabel = "OP", description = "Print the code of an op's kernels.")
  private String show;

  /** For picocli. */
  public KernelsCommand() {}

  @Override
  public Integer call() throws IOException {
    Optional<Op> shown = Optional.ofNullable(show).map(KernelsCommand::op);
    try (Gguf file = ModelFile.open(model, root)) {
      List<CallShape> shapes = shapes(ModelWeights.of(file));
      if (shown.isEmpty()) {
        list(shapes);
      } else {
        show(shapes, shown.get());
      }
    }
    return ExitCode.OK;
  }

  private static Op op(String label) {
    return Arrays.stream(Op.values())
        .filter(op -> op.label().equals(label) && op != Op.SAMPLE)
        .findFirst()
        .orElseThrow(
            () ->
                CliException.usage(
                    "--show " + label + " names no op",
                    "name one of "
                        + Arrays.stream(Op.values())
                            .filter(op -> op != Op.SAMPLE)
                            .map(Op::label)
                            .collect(Collectors.joining(", "))));
  }

  private static List<CallShape> shapes(ModelWeights weights) {
    var heads = weights.config().heads();
    KvLayout layout = new KvLayout(KvFormat.F16, heads.keyValues(), heads.size(), PAGE_TOKENS);
    return ModelCalls.of(weights, layout, CONTEXT);
  }

  private void list(List<CallShape> shapes) {
    HandTasks hands = new HandTasks(MULTIPROCESSORS);
    Console console = root.console();
    for (CallShape shape : shapes) {
      console
          .out()
          .println(
              String.format(
                  Locale.ROOT,
                  "%-17s %-44s java: %s; ptx: %s",
                  shape.key(),
                  shape.shape(),
                  javaKernels(shape.call()),
                  hands.find(shape.call()).map(HandKernel::name).orElse("none")));
    }
  }

  private static String javaKernels(OpCall call) {
    return BoundOp.isSupported(call)
        ? BoundOp.of(call).tasks().stream().map(KernelTask::name).collect(Collectors.joining(", "))
        : "none";
  }

  private void show(List<CallShape> shapes, Op op) throws IOException {
    CallShape shape =
        shapes.stream()
            .filter(s -> s.call().op() == op)
            .findFirst()
            .orElseThrow(
                () ->
                    CliException.failure(
                        "the model has no op " + op.label(), "choose another model or op"));
    heading(shape.key() + ", " + shape.shape());
    showJava(shape.call());
    showCompiled(shape.call());
    Optional<HandKernel> hand = new HandTasks(MULTIPROCESSORS).find(shape.call());
    if (hand.isEmpty()) {
      heading("no hand-written PTX for this shape");
      return;
    }
    String code = hand.get().code().apply(hand.get().name());
    heading("hand-written PTX " + hand.get().name() + ": " + CodeFacts.of(code));
    root.console().out().println(code);
    heading(
        "registers are virtual: how many a card takes, its driver decides when it loads the code");
  }

  private void showJava(OpCall call) throws IOException {
    if (!BoundOp.isSupported(call)) {
      heading("no Java kernels for this shape");
      return;
    }
    List<Class<?>> owners =
        BoundOp.of(call).tasks().stream().<Class<?>>map(KernelTask::owner).distinct().toList();
    for (Class<?> owner : owners) {
      heading(owner.getSimpleName() + ".java");
      root.console().out().println(source(owner));
    }
  }

  private static String source(Class<?> owner) throws IOException {
    try (InputStream in = owner.getResourceAsStream(owner.getSimpleName() + ".java")) {
      if (in == null) {
        throw new IOException("the program lacks the source of " + owner.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void showCompiled(OpCall call) {
    try {
      TornadoDevices devices =
          TornadoDevices.query(TornadoSettings.of(root.settings().engineSettings()));
      try (TornadoOps ops =
          new TornadoOps(Form.JAVA, devices.backend(), devices.first().computeUnits())) {
        String code = ops.code(call);
        String facts = devices.backend() == Backend.PTX ? ": " + CodeFacts.of(code) : "";
        heading("what TornadoVM's " + devices.backend().label() + " backend makes of it" + facts);
        root.console().out().println(code);
      }
    } catch (SdkException e) {
      heading("what TornadoVM makes of it is not shown: " + e.reason() + "; " + e.remedy());
    } catch (EngineException e) {
      throw CliException.failure(e.getMessage(), "choose the op's other form", e);
    }
  }

  private void heading(String text) {
    Console console = root.console();
    console.out().println(console.bold("== " + text));
  }
}
