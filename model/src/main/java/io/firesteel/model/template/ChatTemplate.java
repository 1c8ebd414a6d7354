package io.firesteel.model.template;

import io.firesteel.model.template.jinja.Limits;
import io.firesteel.model.template.jinja.Template;
import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;

/** A model's chat template, parsed once. Immutable and safe for use by several threads. */
public final class ChatTemplate {
  private static final String CHAT_ML =
      """
      {%- for message in messages %}
      {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
      {%- endfor %}
      {%- if add_generation_prompt %}
      {{- '<|im_start|>assistant\\n' }}
      {%- endif %}
      """;

  private final String source;
  private final Template template;
  private final String bos;
  private final String eos;
  private final Clock clock;
  private final Limits limits;

  private ChatTemplate(
      String source, Template template, String bos, String eos, Clock clock, Limits limits) {
    this.source = source;
    this.template = template;
    this.bos = bos;
    this.eos = eos;
    this.clock = clock;
    this.limits = limits;
  }

  /**
   * Parses a template.
   *
   * @param source in Jinja
   * @param bos text of the token that begins a sequence, which the template sees as {@code
   *     bos_token}; empty for none
   * @param eos text of the token that ends a message, which the template sees as {@code eos_token};
   *     empty for none
   * @throws io.firesteel.model.template.jinja.TemplateException where the source is not well formed
   */
  public static ChatTemplate parse(String source, String bos, String eos) {
    return new ChatTemplate(
        source,
        Template.parse(source),
        bos,
        eos,
        Clock.system(ZoneId.systemDefault()),
        Limits.DEFAULT);
  }

  /**
   * The ChatML format, for models that were trained on it and whose file has no template. Knows no
   * tools.
   */
  public static ChatTemplate chatMl() {
    return parse(CHAT_ML, "", "<|im_end|>");
  }

  /** The same template with another clock for {@code strftime_now}. */
  public ChatTemplate withClock(Clock other) {
    return new ChatTemplate(source, template, bos, eos, other, limits);
  }

  /** The same template with other limits. */
  public ChatTemplate withLimits(Limits other) {
    return new ChatTemplate(source, template, bos, eos, clock, other);
  }

  /** The template's source. */
  public String source() {
    return source;
  }

  /** How a model with this template writes tool calls, by the markers in the source. */
  public ToolCallFormat toolCallFormat() {
    return ToolCallFormat.of(source);
  }

  /**
   * The text of a conversation as the model was trained on it. Tokenize it with special tokens on,
   * and do not add another BOS where it begins with one.
   *
   * @throws io.firesteel.model.template.jinja.TemplateRaisedException where the template refuses
   *     the conversation
   * @throws io.firesteel.model.template.jinja.TemplateException where it fails otherwise
   */
  public String render(ChatRequest request) {
    Map<String, Object> variables = new LinkedHashMap<>();
    variables.put("bos_token", bos);
    variables.put("eos_token", eos);
    variables.put("messages", request.messages().stream().map(Message::fields).toList());
    if (!request.tools().isEmpty()) {
      variables.put("tools", request.tools().stream().map(Tool::fields).toList());
    }
    variables.put("add_generation_prompt", request.addGenerationPrompt());
    request.enableThinking().ifPresent(enabled -> variables.put("enable_thinking", enabled));
    variables.putAll(request.variables());
    return template.render(variables, clock, limits);
  }
}
