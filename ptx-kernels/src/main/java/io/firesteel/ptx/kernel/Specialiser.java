package io.firesteel.ptx.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Turns a {@code .ptx} template and its constants into PTX for one architecture.
 *
 * <p>A template is PTX with these additions, expanded from top to bottom:
 *
 * <ul>
 *   <li>{@code ${expression}}: an integer ({@link Expression}), or the text that a macro argument
 *       stands for; {@code ${expression:f32}} prints a float's bits as a PTX literal.
 *   <li>{@code .def NAME expression}: a constant of the file, or inside a macro of that expansion;
 *       {@code .def name(a, b) expression}: a function for use in expressions.
 *   <li>{@code .if}, {@code .elif}, {@code .else}, {@code .end}, and {@code .for i in a..b} (b
 *       excluded; optionally {@code step s}), {@code .end}.
 *   <li>{@code .macro name(a, b, c = default)} … {@code .end}, called by a line {@code name(x, c =
 *       y)}. A macro sees its arguments and the file's constants. {@code name@} is a name of its
 *       own in each expansion: {@code loop@:}, {@code %sum@}, {@code %w@0}.
 *   <li>{@code .include "file"}, once for each file; {@code .check expression, message}; {@code
 *       .error message}.
 *   <li>{@code // comment} to the end of a line.
 * </ul>
 *
 * <p>One kernel stands in a file; its head is made of {@code .kernel name}, {@code .const NAME [=
 * default]}, {@code .arg kind name} (kinds {@code ptr u32 u64 f32}), {@code .block threads}, {@code
 * .grid x, y, z} (over constants and scalar arguments), {@code .limit registers n}, {@code .limit
 * shared n}, {@code .limit dynamic n} (bytes of {@code dynamic_memory}, allocated at launch), and
 * ends with {@code .code}. Every argument is then a loaded register of its name ({@code %x}),
 * pointers as addresses of global memory.
 *
 * <p>Predefined constants: {@code SM} (the target's number, such as 90), {@code PDL} (1 where
 * kernels may start early), and the names of the tensor types, the KV formats and other closed sets
 * that templates compare with.
 *
 * <p>Instances may be used by several threads.
 */
public final class Specialiser {
  private final UnaryOperator<String> files;
  private final Map<String, List<Template.Node>> parsed = new ConcurrentHashMap<>();

  /** Of the kernels that this module contains. */
  public Specialiser() {
    this(Specialiser::resource);
  }

  /**
   * Of templates from elsewhere.
   *
   * @param files text of a file by its name, or null where there is none
   */
  public Specialiser(UnaryOperator<String> files) {
    this.files = files;
  }

  /**
   * Specialises one kernel.
   *
   * @throws TemplateException naming file and line, if the template is wrong, or constants are
   *     missing, unknown or refused by a {@code .check}
   */
  public Kernel specialise(KernelSpec spec, Target target) {
    return new Expansion(this, spec, target, Expansion.Convention.DRIVER, spec.entry()).run();
  }

  /**
   * The variant for a TornadoVM prebuilt task: no header lines, the kernel context as first
   * parameter, and pointers that name an array's header.
   *
   * @param entry name of the entry function, as TornadoVM derives it from graph, task and arguments
   */
  public Kernel specialiseForTornado(KernelSpec spec, Target target, String entry) {
    return new Expansion(this, spec, target, Expansion.Convention.TORNADO, entry).run();
  }

  List<Template.Node> nodes(String file, Template.Position from) {
    return parsed.computeIfAbsent(
        file,
        name -> {
          String text = files.apply(name);
          if (text == null) {
            throw new TemplateException(
                (from == null ? "" : from + ": ") + "there is no template file '" + name + "'");
          }
          return Template.parse(name, text);
        });
  }

  private static String resource(String name) {
    try (InputStream in = Specialiser.class.getResourceAsStream("/io/firesteel/ptx/" + name)) {
      return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
