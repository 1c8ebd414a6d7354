package io.firesteel.model;

import io.firesteel.model.grammar.AnswerGrammars;
import io.firesteel.model.grammar.CallStyle;
import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.grammar.Thinking;
import io.firesteel.model.template.AnswerParser;
import io.firesteel.model.template.ChatRequest;
import io.firesteel.model.template.ChatTemplate;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import io.firesteel.model.template.ToolCallFormat;
import io.firesteel.model.tool.JsonSchemas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A conversation written down for a model, with the form that the answer must have and the way to
 * take it apart.
 */
final class AnswerForm {
  private static final String THINK = "<think>";
  private static final String END_OF_THOUGHT = "</think>";

  private final ChatOptions options;
  private final ChatTemplate template;
  private final String prompt;
  private final Optional<Grammar> grammar;

  private AnswerForm(
      ChatOptions options, ChatTemplate template, String prompt, Optional<Grammar> grammar) {
    this.options = options;
    this.template = template;
    this.prompt = prompt;
    this.grammar = grammar;
  }

  /** Grammars made of tools, kept as conversations go on with the same ones. */
  static final class Cache {
    private static final int MOST = 64;

    private final Map<Object, Optional<Grammar>> grammars =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Object, Optional<Grammar>> eldest) {
            return size() > MOST;
          }
        };

    /** The JSON of a Java type. */
    Grammar ofType(Class<?> type) {
      return get(type, () -> Optional.of(Grammar.jsonSchema(JsonSchemas.of(type)))).orElseThrow();
    }

    private synchronized Optional<Grammar> get(Object key, Supplier<Optional<Grammar>> maker) {
      Optional<Grammar> known = grammars.get(key);
      if (known == null) {
        known = maker.get();
        grammars.put(key, known);
      }
      return known;
    }
  }

  /** Writes a conversation down; throws as the template does. */
  static AnswerForm of(Model model, List<Message> messages, ChatOptions options) {
    return of(model, messages, options, AnswerForm::grammar);
  }

  /** Writes a conversation down whose answer is to be of a form, whatever tools are on offer. */
  static AnswerForm of(Model model, List<Message> messages, ChatOptions options, Grammar form) {
    ChatOptions bound =
        options.withGeneration(options.generation().toBuilder().grammar(form).build());
    return of(
        model,
        messages,
        bound,
        (template, asked, thinking) -> Optional.of(AnswerGrammars.form(form, thinking)));
  }

  /** Makes the grammar of an answer. */
  private interface Maker {
    Optional<Grammar> make(ChatTemplate template, ChatOptions options, Thinking thinking);
  }

  private static AnswerForm of(
      Model model, List<Message> messages, ChatOptions options, Maker maker) {
    ChatRequest request =
        new ChatRequest(
            messages, options.offered(), true, options.enableThinking(), options.variables());
    ChatTemplate template = model.templates().forRequest(request);
    String prompt = template.render(request);
    Thinking thinking = thinking(template, options, prompt);
    List<Object> key =
        List.of(
            template.source(),
            options.offered(),
            options.toolChoice(),
            options.parallelToolCalls(),
            thinking,
            options.generation().grammar(),
            maker.getClass());
    Optional<Grammar> grammar =
        model.answerGrammars().get(key, () -> maker.make(template, options, thinking));
    return new AnswerForm(options, template, prompt, grammar);
  }

  private static Thinking thinking(ChatTemplate template, ChatOptions options, String prompt) {
    String end = prompt.stripTrailing();
    if (end.endsWith(THINK)) {
      return Thinking.OPEN;
    }
    boolean silent =
        end.endsWith(END_OF_THOUGHT)
            || !options.enableThinking().orElse(true)
            || !template.source().contains(THINK);
    return silent ? Thinking.NONE : Thinking.POSSIBLE;
  }

  private static Optional<Grammar> grammar(
      ChatTemplate template, ChatOptions options, Thinking thinking) {
    Optional<Grammar> form = options.generation().grammar();
    CallStyle style = CallStyle.of(template.source());
    List<Tool> tools = options.offered();
    boolean several = options.parallelToolCalls();
    return switch (options.toolChoice()) {
      case ToolChoice.Required _ ->
          Optional.of(AnswerGrammars.calls(style, tools, several, Optional.empty(), thinking));
      case ToolChoice.Named(String name) ->
          Optional.of(
              AnswerGrammars.calls(
                  style,
                  tools.stream().filter(tool -> tool.name().equals(name)).toList(),
                  false,
                  Optional.empty(),
                  thinking));
      default -> {
        if (tools.isEmpty()) {
          yield form.map(asked -> AnswerGrammars.form(asked, thinking));
        }
        if (form.isPresent()) {
          requireForms(style);
          yield Optional.of(AnswerGrammars.calls(style, tools, several, form, thinking));
        }
        yield AnswerGrammars.textOrCalls(style, tools, several, thinking);
      }
    };
  }

  private static void requireForms(CallStyle style) {
    if (!style.allowsForms()) {
      throw new IllegalArgumentException(
          "this model's answers stand in channels, so that no grammar describes a form beside calls"
              + " of tools: offer tools, or ask for a form");
    }
  }

  /** The conversation as the model reads it. */
  String prompt() {
    return prompt;
  }

  /** How to generate the answer so that it has its form. */
  GenerationOptions generation() {
    GenerationOptions.Builder builder = options.generation().toBuilder();
    grammar.ifPresent(builder::grammar);
    return builder.build();
  }

  /** Whether control tokens must be seen to take the answer apart. */
  boolean needsControlTokens() {
    return !options.offered().isEmpty() || template.toolCallFormat() == ToolCallFormat.HARMONY;
  }

  /** Takes an answer apart. */
  AnswerParser parser() {
    return options.generation().grammar().isPresent()
        ? AnswerParser.forForm(template.toolCallFormat(), prompt, options.offered())
        : AnswerParser.forAnswer(template.toolCallFormat(), prompt, options.offered());
  }
}
