package io.firesteel.ptx.kernel;

import io.firesteel.loader.TensorType;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.ptx.kernel.Template.Argument;
import io.firesteel.ptx.kernel.Template.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of the {@link Specialiser} over one template. */
final class Expansion {
  /** How parameters arrive. */
  enum Convention {
    /** Launched through the driver API: pointers are plain addresses. */
    DRIVER,
    /** A TornadoVM prebuilt task: kernel context first, pointers name an array's 16-byte header. */
    TORNADO
  }

  private static final int TORNADO_ARRAY_HEADER = 16;
  private static final int MAX_DEPTH = 64;
  private static final Pattern UNIQUE = Pattern.compile("([A-Za-z0-9_$])@");
  private static final Pattern ARG = Pattern.compile("(ptr|u32|u64|f32)\\s+([a-z_]\\w*)");
  private static final Pattern CONST = Pattern.compile("([A-Z]\\w*)(?:\\s*=\\s*(.+))?");
  private static final Pattern DEF = Pattern.compile("([A-Za-z_]\\w*)\\s+(.+)");
  private static final Pattern FUNCTION =
      Pattern.compile("([a-z_]\\w*)\\(([a-z_0-9, ]+)\\)\\s+(.+)");

  private final Specialiser specialiser;
  private final KernelSpec spec;
  private final Target target;
  private final Convention convention;
  private final String entry;
  private final Map<String, String> globals = new HashMap<>();
  private final Map<String, Template.Macro> macros = new HashMap<>();
  private final Map<String, Expression.Definition> functions = new HashMap<>();
  private final Set<String> included = new HashSet<>();
  private final Set<String> declared = new HashSet<>();
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<String> grid = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();
  private int block;
  private int registers;
  private int sharedBytes;
  private int dynamicBytes;
  private int expansions;
  private boolean kernelSeen;
  private boolean codeSeen;

  /** The names that a macro body or the file itself sees. */
  private record Scope(Map<String, String> locals, int id, int depth) {}

  Expansion(
      Specialiser specialiser,
      KernelSpec spec,
      Target target,
      Convention convention,
      String entry) {
    this.specialiser = specialiser;
    this.spec = spec;
    this.target = target;
    this.convention = convention;
    this.entry = entry;
    globals.put("SM", Integer.toString(target.number()));
    globals.put("PDL", target.dependentLaunch() && convention == Convention.DRIVER ? "1" : "0");
    for (TensorType type : TensorType.values()) {
      globals.put(type.name(), Integer.toString(type.id()));
    }
    for (KvFormat format : KvFormat.values()) {
      globals.put("KV_" + format.name(), Long.toString(Kernels.code(format)));
    }
  }

  Kernel run() {
    String file = spec.template() + ".ptx";
    expand(specialiser.nodes(file, null), new Scope(globals, 0, 0));
    Position end = new Position(file, 1);
    if (!codeSeen) {
      throw end.error("the file has no .kernel with .code");
    }
    for (String name : spec.constants().keySet()) {
      if (!declared.contains(name)) {
        throw end.error("the kernel has no constant " + name + ", expected " + declared);
      }
    }
    out.append("}\n");
    return new Kernel(
        spec,
        target,
        entry,
        parameters,
        block,
        grid,
        new Limits(registers, sharedBytes, dynamicBytes),
        out.toString());
  }

  private void expand(List<Template.Node> nodes, Scope scope) {
    for (Template.Node node : nodes) {
      switch (node) {
        case Template.Line line -> line(line, scope);
        case Template.Directive directive -> directive(directive, scope);
        case Template.If branch -> branch(branch, scope);
        case Template.For loop -> loop(loop, scope);
        case Template.Macro macro -> define(macro);
        case Template.Call call -> call(call, scope);
      }
    }
  }

  private void line(Template.Line line, Scope scope) {
    if (!codeSeen) {
      throw line.at().error("PTX before .code: '" + line.text() + "'");
    }
    out.append(substitute(line.at(), line.text(), scope)).append('\n');
  }

  private void branch(Template.If node, Scope scope) {
    for (Template.Branch branch : node.branches()) {
      if (evaluate(branch.at(), branch.condition(), scope) != 0) {
        expand(branch.body(), scope);
        return;
      }
    }
  }

  private void loop(Template.For node, Scope scope) {
    long from = evaluate(node.at(), node.from(), scope);
    long to = evaluate(node.at(), node.to(), scope);
    long step = evaluate(node.at(), node.step(), scope);
    if (step == 0) {
      throw node.at().error("step is 0");
    }
    String shadowed = scope.locals().get(node.name());
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      scope.locals().put(node.name(), Long.toString(i));
      expand(node.body(), scope);
    }
    if (shadowed == null) {
      scope.locals().remove(node.name());
    } else {
      scope.locals().put(node.name(), shadowed);
    }
  }

  private void define(Template.Macro macro) {
    Template.Macro before = macros.put(macro.name(), macro);
    if (before != null && !before.at().equals(macro.at())) {
      throw macro.at().error("macro " + macro.name() + " is already defined at " + before.at());
    }
  }

  private void call(Template.Call call, Scope scope) {
    Template.Macro macro = macros.get(substitute(call.at(), call.name(), scope));
    if (macro == null) {
      throw call.at().error("there is no macro '" + call.name() + "'");
    }
    if (scope.depth() >= MAX_DEPTH) {
      throw call.at().error("macros call each other more than " + MAX_DEPTH + " deep");
    }
    Scope inner = new Scope(bind(call, macro, scope), ++expansions, scope.depth() + 1);
    try {
      expand(macro.body(), inner);
    } catch (TemplateException e) {
      throw new TemplateException(
          e.getMessage() + "\n  in " + macro.name() + " called at " + call.at());
    }
  }

  private Map<String, String> bind(Template.Call call, Template.Macro macro, Scope scope) {
    Map<String, String> bound = new HashMap<>();
    int position = 0;
    for (Argument argument : call.arguments()) {
      String name = argument.name();
      if (name == null) {
        if (position >= macro.parameters().size()) {
          throw call.at()
              .error("too many arguments for " + macro.name() + ", expected " + names(macro));
        }
        name = macro.parameters().get(position++).name();
      } else if (!names(macro).contains(name)) {
        throw call.at()
            .error(macro.name() + " has no parameter '" + name + "', expected " + names(macro));
      }
      if (bound.put(name, substitute(call.at(), argument.value(), scope)) != null) {
        throw call.at().error("parameter '" + name + "' of " + macro.name() + " is given twice");
      }
    }
    for (Argument parameter : macro.parameters()) {
      if (!bound.containsKey(parameter.name())) {
        if (parameter.value() == null) {
          throw call.at()
              .error("parameter '" + parameter.name() + "' of " + macro.name() + " is missing");
        }
        bound.put(parameter.name(), substitute(call.at(), parameter.value(), scope));
      }
    }
    return bound;
  }

  private static List<String> names(Template.Macro macro) {
    return macro.parameters().stream().map(Argument::name).toList();
  }

  private void directive(Template.Directive d, Scope scope) {
    switch (d.keyword()) {
      case "include" -> include(d);
      case "def" -> def(d, scope);
      case "check" -> check(d, scope);
      case "error" -> throw d.at().error(substitute(d.at(), d.rest(), scope) + " [" + spec + "]");
      default -> head(d, scope);
    }
  }

  private void include(Template.Directive d) {
    String name = d.rest().replace("\"", "");
    if (included.add(name)) {
      expand(specialiser.nodes(name, d.at()), new Scope(globals, 0, 0));
    }
  }

  private void def(Template.Directive d, Scope scope) {
    Matcher function = FUNCTION.matcher(d.rest());
    if (function.matches()) {
      List<String> names = Template.split(function.group(2));
      functions.put(function.group(1), new Expression.Definition(names, function.group(3)));
      return;
    }
    Matcher m = DEF.matcher(d.rest());
    if (!m.matches()) {
      throw d.at().error("expected '.def NAME expression'");
    }
    scope.locals().put(m.group(1), Long.toString(evaluate(d.at(), m.group(2), scope)));
  }

  private void check(Template.Directive d, Scope scope) {
    List<String> parts = Template.split(d.rest());
    if (evaluate(d.at(), parts.getFirst(), scope) == 0) {
      String message = String.join(", ", parts.subList(1, parts.size()));
      throw d.at().error(substitute(d.at(), message, scope) + " [" + spec + "]");
    }
  }

  private void head(Template.Directive d, Scope scope) {
    if (codeSeen) {
      throw d.at().error("." + d.keyword() + " after .code");
    }
    switch (d.keyword()) {
      case "kernel" -> kernel(d);
      case "const" -> constant(d, scope);
      case "arg" -> argument(d);
      case "block" -> block = Math.toIntExact(evaluate(d.at(), d.rest(), scope));
      case "grid" -> {
        for (String axis : Template.split(d.rest())) {
          grid.add(gridExpression(axis));
        }
      }
      case "limit" -> limit(d, scope);
      case "code" -> code(d);
      default -> throw d.at().error("unknown directive ." + d.keyword());
    }
  }

  private void kernel(Template.Directive d) {
    if (kernelSeen) {
      throw d.at().error("a file has one kernel");
    }
    kernelSeen = true;
    if (!d.rest().equals(spec.template())) {
      throw d.at().error("kernel " + d.rest() + " must have the name of its file");
    }
  }

  private void constant(Template.Directive d, Scope scope) {
    Matcher m = CONST.matcher(d.rest());
    if (!m.matches()) {
      throw d.at().error("expected '.const NAME' or '.const NAME = default' in capitals");
    }
    String name = m.group(1);
    Long given = spec.constants().get(name);
    if (given == null && m.group(2) == null) {
      throw d.at().error("constant " + name + " is not given [" + spec + "]");
    }
    declared.add(name);
    globals.put(name, Long.toString(given != null ? given : evaluate(d.at(), m.group(2), scope)));
  }

  private void argument(Template.Directive d) {
    Matcher m = ARG.matcher(d.rest());
    if (!m.matches()) {
      throw d.at().error("expected '.arg ptr|u32|u64|f32 name'");
    }
    parameters.add(
        new Parameter(m.group(2), Parameter.Kind.valueOf(m.group(1).toUpperCase(Locale.ROOT))));
  }

  private void limit(Template.Directive d, Scope scope) {
    String[] words = d.rest().split("\\s+", 2);
    int value = Math.toIntExact(evaluate(d.at(), words.length > 1 ? words[1] : "", scope));
    switch (words[0]) {
      case "registers" -> registers = value;
      case "shared" -> sharedBytes = value;
      case "dynamic" -> dynamicBytes = value;
      default ->
          throw d.at()
              .error("unknown limit '" + words[0] + "', expected registers, shared or dynamic");
    }
  }

  /** Replaces constants, leaves the scalar arguments to the launch. */
  private String gridExpression(String text) {
    StringBuilder replaced = new StringBuilder();
    Matcher names = Pattern.compile("[A-Za-z_]\\w*|\\W|\\d+").matcher(text);
    while (names.find()) {
      replaced.append(globals.getOrDefault(names.group(), names.group()));
    }
    return replaced.toString();
  }

  private void code(Template.Directive d) {
    if (block < 32 || block > 1024 || grid.isEmpty() || registers == 0) {
      throw d.at()
          .error(
              "the head must state .block (32 to 1024), .grid and .limit registers before .code");
    }
    if (sharedBytes > Limits.STATIC_SHARED_BYTES) {
      throw d.at()
          .error(
              "the kernel needs "
                  + sharedBytes
                  + " bytes of shared memory, expected at most "
                  + Limits.STATIC_SHARED_BYTES
                  + " ["
                  + spec
                  + "]");
    }
    if (dynamicBytes > 0 && convention == Convention.TORNADO) {
      throw d.at().error("prebuilt tasks have no dynamic shared memory [" + spec + "]");
    }
    codeSeen = true;
    out.append(".visible .entry ").append(entry).append("(\n");
    List<String> names = new ArrayList<>();
    if (convention == Convention.TORNADO) {
      names.add("kernel_context");
    }
    parameters.forEach(p -> names.add("p_" + p.name()));
    for (int i = 0; i < names.size(); i++) {
      out.append("  .param .u64 ")
          .append(names.get(i))
          .append(i + 1 < names.size() ? ",\n" : ")\n");
    }
    out.append(".maxntid ").append(block).append(", 1, 1\n");
    out.append(".maxnreg ").append(registers).append("\n{\n");
    parameters.forEach(this::load);
  }

  private void load(Parameter p) {
    String name = p.name();
    switch (p.kind()) {
      case PTR -> {
        out.append(".reg .b64 %").append(name).append(";\n");
        out.append("ld.param.u64 %").append(name).append(", [p_").append(name).append("];\n");
        out.append("cvta.to.global.u64 %").append(name).append(", %").append(name).append(";\n");
        if (convention == Convention.TORNADO) {
          out.append("add.u64 %")
              .append(name)
              .append(", %")
              .append(name)
              .append(", ")
              .append(TORNADO_ARRAY_HEADER)
              .append(";\n");
        }
      }
      case U64 -> {
        out.append(".reg .b64 %").append(name).append(";\n");
        out.append("ld.param.u64 %").append(name).append(", [p_").append(name).append("];\n");
      }
      case U32, F32 -> {
        String type = p.kind() == Parameter.Kind.U32 ? "u32" : "f32";
        String register = p.kind() == Parameter.Kind.U32 ? "b32" : "f32";
        out.append(".reg .").append(register).append(" %").append(name).append(";\n");
        out.append("ld.param.")
            .append(type)
            .append(" %")
            .append(name)
            .append(", [p_")
            .append(name)
            .append("];\n");
      }
    }
  }

  private String substitute(Position at, String text, Scope scope) {
    StringBuilder result = new StringBuilder();
    int from = 0;
    while (true) {
      int start = text.indexOf("${", from);
      if (start < 0) {
        result.append(text, from, text.length());
        break;
      }
      int end = text.indexOf('}', start);
      if (end < 0) {
        throw at.error("'${' without '}'");
      }
      result
          .append(text, from, start)
          .append(value(at, text.substring(start + 2, end).strip(), scope));
      from = end + 1;
    }
    return UNIQUE.matcher(result).replaceAll("$1_" + scope.id() + "_");
  }

  private String value(Position at, String expression, Scope scope) {
    String bound = lookup(expression, scope);
    if (bound != null) {
      return bound;
    }
    if (expression.endsWith(":f32")) {
      long bits = evaluate(at, expression.substring(0, expression.length() - 4), scope);
      return String.format(Locale.ROOT, "0f%08X", (int) bits);
    }
    return Long.toString(evaluate(at, expression, scope));
  }

  private String lookup(String name, Scope scope) {
    String local = scope.locals().get(name);
    return local != null ? local : globals.get(name);
  }

  private long evaluate(Position at, String text, Scope scope) {
    try {
      return Expression.evaluate(
          text, new Expression.Names(name -> lookup(name, scope), functions::get));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw at.error(e.getMessage());
    }
  }
}
