package io.firesteel.model.grammar;

import io.firesteel.model.template.Tool;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Grammars of whole answers: thoughts, then calls of tools, text, or a form that was asked for. */
public final class AnswerGrammars {
  private static final Logger LOG = System.getLogger(AnswerGrammars.class.getName());
  private static final String ROOT = "answer";

  /** A harmony answer's thoughts, and the beginning of the message after them. */
  private static final Expr ANALYSIS =
      Expr.sequence(
          new Expr.Marker("<|channel|>"),
          new Expr.Text("analysis"),
          new Expr.Marker("<|message|>"),
          new Expr.Until("<|end|>"),
          new Expr.Marker("<|start|>"),
          new Expr.Text("assistant"));

  private final Thinking thinking;
  private final Map<String, Expr> rules = new LinkedHashMap<>();

  private AnswerGrammars(Thinking thinking) {
    this.thinking = thinking;
  }

  /** An answer of a form, after thoughts. */
  public static Grammar form(Grammar form, Thinking thinking) {
    if (thinking == Thinking.NONE) {
      return form;
    }
    AnswerGrammars builder = new AnswerGrammars(thinking);
    return builder.grammar(builder.included(form));
  }

  /** An answer that calls tools and does nothing else, or is of a form instead if one is given. */
  public static Grammar calls(
      CallStyle style,
      List<Tool> tools,
      boolean several,
      Optional<Grammar> form,
      Thinking thinking) {
    AnswerGrammars builder = new AnswerGrammars(thinking);
    Expr calls = builder.allCalls(style, tools, several);
    return builder.grammar(
        form.map(other -> Expr.choice(calls, builder.included(other))).orElse(calls));
  }

  /**
   * An answer of text in which calls may stand; from a call's marker on it is held to the tools'
   * names and schemas. Empty for a style without a marker.
   */
  public static Optional<Grammar> textOrCalls(
      CallStyle style, List<Tool> tools, boolean several, Thinking thinking) {
    if (style.marker().isEmpty()) {
      return Optional.empty();
    }
    String marker = style.marker().get();
    AnswerGrammars builder = new AnswerGrammars(thinking);
    Expr call = builder.afterMarker(style, tools, several);
    Expr body =
        style == CallStyle.GRANITE || style == CallStyle.MISTRAL_LIST || !several
            ? Expr.choice(new Expr.Without(marker), Expr.sequence(new Expr.Until(marker), call))
            : Expr.sequence(
                Expr.many(Expr.sequence(new Expr.Until(marker), call)), new Expr.Without(marker));
    return Optional.of(builder.grammar(body));
  }

  private Grammar grammar(Expr body) {
    rules.put(ROOT, Expr.sequence(thinking.prefix(), body));
    return new Grammar("answer", rules, ROOT);
  }

  private Expr included(Grammar grammar) {
    return included(grammar.rules(), grammar.root(), "form ");
  }

  /** Takes over rules under names of their own; the rules of JSON itself are shared. */
  private Expr included(Map<String, Expr> theirs, String root, String prefix) {
    theirs.forEach((name, body) -> rules.put(renamed(name, prefix), renamed(body, prefix)));
    return new Expr.Rule(renamed(root, prefix));
  }

  private static String renamed(String name, String prefix) {
    return name.startsWith("json ") && !prefix.startsWith("form") ? name : prefix + name;
  }

  private static Expr renamed(Expr expression, String prefix) {
    return switch (expression) {
      case Expr.Rule(String name) -> new Expr.Rule(renamed(name, prefix));
      case Expr.Sequence(List<Expr> parts) ->
          new Expr.Sequence(parts.stream().map(part -> renamed(part, prefix)).toList());
      case Expr.Choice(List<Expr> options) ->
          new Expr.Choice(options.stream().map(option -> renamed(option, prefix)).toList());
      case Expr.Repeat(Expr body, int min, int max) ->
          new Expr.Repeat(renamed(body, prefix), min, max);
      default -> expression;
    };
  }

  private Expr allCalls(CallStyle style, List<Tool> tools, boolean several) {
    Expr one = afterMarker(style, tools, several);
    if (style == CallStyle.HARMONY) {
      return Expr.sequence(Expr.optional(ANALYSIS), one);
    }
    Expr call = style.marker().map(m -> Expr.sequence(new Expr.Marker(m), one)).orElse(one);
    boolean listed = style == CallStyle.GRANITE || style == CallStyle.MISTRAL_LIST;
    if (listed || !several || style == CallStyle.LLAMA) {
      return call;
    }
    Expr between = style == CallStyle.MISTRAL_NAMED ? Expr.EMPTY : new Expr.Text("\n");
    return Expr.sequence(call, Expr.many(Expr.sequence(between, call)));
  }

  private Expr afterMarker(CallStyle style, List<Tool> tools, boolean several) {
    List<Expr> each = new ArrayList<>();
    for (Tool tool : tools) {
      each.add(
          switch (style) {
            case FUNCTION_TAGS -> functionTags(tool);
            case ARGUMENT_TAGS -> argumentTags(tool);
            case HARMONY -> message(tool);
            case MISTRAL_NAMED -> named(tool);
            case LLAMA -> object(tool, "parameters");
            default -> object(tool, "arguments");
          });
    }
    Expr call = each.size() == 1 ? each.getFirst() : new Expr.Choice(each);
    return switch (style) {
      case JSON_TAGS, FUNCTION_TAGS ->
          Expr.sequence(new Expr.Text("\n"), call, new Expr.Text("\n</tool_call>"));
      case MISTRAL_LIST, GRANITE -> list(call, several);
      case MISTRAL_NAMED, LLAMA, HARMONY -> call;
      case ARGUMENT_TAGS -> Expr.sequence(call, new Expr.Marker("</tool_call>"));
    };
  }

  private static Expr list(Expr call, boolean several) {
    Expr more = Expr.many(Expr.sequence(new Expr.Text(", "), call));
    return Expr.sequence(new Expr.Text("["), call, several ? more : Expr.EMPTY, new Expr.Text("]"));
  }

  private Expr object(Tool tool, String key) {
    return Expr.sequence(
        new Expr.Text("{\"name\": "),
        JsonRules.quoted(tool.name()),
        new Expr.Text(", \"" + key + "\": "),
        arguments(tool),
        new Expr.Text("}"));
  }

  private Expr named(Tool tool) {
    Expr id =
        Expr.sequence(
            new Expr.Marker("[CALL_ID]"),
            new Expr.Repeat(
                new Expr.Chars(
                    CodePoints.DIGITS
                        .union(CodePoints.range('a', 'z'))
                        .union(CodePoints.range('A', 'Z'))),
                9,
                9));
    return Expr.sequence(
        new Expr.Text(tool.name()), Expr.optional(id), new Expr.Marker("[ARGS]"), arguments(tool));
  }

  /** The parameters in any order; their values are texts. */
  private static Expr functionTags(Tool tool) {
    List<Expr> parameters = new ArrayList<>();
    for (String name : tool.schema().path("properties").propertyNames()) {
      parameters.add(
          Expr.sequence(
              new Expr.Text("<parameter=" + name + ">\n"), new Expr.Until("\n</parameter>\n")));
    }
    return Expr.sequence(
        new Expr.Text("<function=" + tool.name() + ">\n"),
        Expr.many(new Expr.Choice(parameters)),
        new Expr.Text("</function>"));
  }

  /** The arguments in any order; their values are texts. */
  private static Expr argumentTags(Tool tool) {
    List<Expr> keys = new ArrayList<>();
    for (String name : tool.schema().path("properties").propertyNames()) {
      keys.add(new Expr.Text(name));
    }
    Expr argument =
        Expr.sequence(
            new Expr.Marker("<arg_key>"),
            new Expr.Choice(keys),
            new Expr.Marker("</arg_key>"),
            new Expr.Text("\n"),
            new Expr.Marker("<arg_value>"),
            new Expr.Until("</arg_value>"),
            new Expr.Text("\n"));
    return Expr.sequence(new Expr.Text(tool.name() + "\n"), Expr.many(argument));
  }

  private Expr message(Tool tool) {
    return Expr.sequence(
        new Expr.Marker("<|channel|>"),
        new Expr.Text("commentary to=functions." + tool.name() + " "),
        new Expr.Marker("<|constrain|>"),
        new Expr.Text("json"),
        new Expr.Marker("<|message|>"),
        arguments(tool));
  }

  private Expr arguments(Tool tool) {
    String prefix = tool.name() + " ";
    Map<String, Expr> theirs;
    try {
      theirs = compiled(tool.schema());
    } catch (GrammarException e) {
      LOG.log(
          Level.WARNING,
          "the schema of tool {0} cannot be enforced ({1}); its arguments may be any JSON object",
          tool.name(),
          e.getMessage());
      theirs = compiled(JsonSchemaCompiler.parse("{\"type\": \"object\"}"));
    }
    return included(theirs, JsonSchemaCompiler.ROOT, prefix);
  }

  /** An object, whatever else the schema says. */
  private static Map<String, Expr> compiled(JsonNode schema) {
    ObjectNode object = JsonMapper.shared().createObjectNode();
    if (schema.isObject()) {
      object.setAll((ObjectNode) schema);
    }
    if (!object.has("type") && !object.has("$ref")) {
      object.put("type", "object");
    }
    Map<String, Expr> rules =
        new JsonSchemaCompiler(object, JsonSpacing.SPACED, PropertyOrder.FREE).compile();
    AutomatonBuilder.build(rules, JsonSchemaCompiler.ROOT); // refuses what cannot be enforced
    return rules;
  }
}
