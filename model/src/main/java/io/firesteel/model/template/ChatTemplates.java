package io.firesteel.model.template;

import io.firesteel.loader.Metadata;
import io.firesteel.model.template.jinja.TemplateException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The chat templates of a model file: {@code tokenizer.chat_template}, and named variants such as
 * {@code tokenizer.chat_template.tool_use}. Immutable and safe for use by several threads.
 */
public final class ChatTemplates {
  /** The name of the template without a name. */
  public static final String DEFAULT = "default";

  /** The name of the variant for conversations with tools. */
  public static final String TOOL_USE = "tool_use";

  private static final String KEY = "tokenizer.chat_template";

  private final String file;
  private final Map<String, String> sources;
  private final Map<String, ChatTemplate> templates;

  private ChatTemplates(
      String file, Map<String, String> sources, Map<String, ChatTemplate> templates) {
    this.file = file;
    this.sources = sources;
    this.templates = templates;
  }

  /**
   * Parses all the templates of a file. A variant that cannot be parsed is an error only when it is
   * asked for.
   *
   * @param bos text of the BOS token, empty for none
   * @param eos text of the EOS token, empty for none
   * @throws TemplateException where the default template is not well formed
   */
  public static ChatTemplates of(Metadata metadata, String bos, String eos) {
    Map<String, String> sources = new LinkedHashMap<>();
    Map<String, ChatTemplate> templates = new LinkedHashMap<>();
    for (String key : metadata.keys()) {
      if (key.equals(KEY) || key.startsWith(KEY + ".")) {
        String name = key.equals(KEY) ? DEFAULT : key.substring(KEY.length() + 1);
        sources.put(name, metadata.string(key));
        parse(name, metadata.string(key), bos, eos)
            .ifPresent(template -> templates.put(name, template));
      }
    }
    return new ChatTemplates(metadata.file(), Collections.unmodifiableMap(sources), templates);
  }

  private static Optional<ChatTemplate> parse(String name, String source, String bos, String eos) {
    try {
      return Optional.of(ChatTemplate.parse(source, bos, eos));
    } catch (TemplateException e) {
      if (name.equals(DEFAULT)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** The names of the templates, {@link #DEFAULT} for the one without a name. */
  public Set<String> names() {
    return sources.keySet();
  }

  /** Whether there is any template. */
  public boolean isEmpty() {
    return sources.isEmpty();
  }

  /**
   * The template of a name.
   *
   * @throws NoChatTemplateException where the file has none of that name
   * @throws TemplateException where it is not well formed
   */
  public ChatTemplate named(String name) {
    ChatTemplate template = templates.get(name);
    if (template != null) {
      return template;
    }
    if (sources.containsKey(name)) {
      return ChatTemplate.parse(sources.get(name), "", "");
    }
    throw new NoChatTemplateException(missing(name));
  }

  private String missing(String name) {
    if (isEmpty()) {
      return file
          + " has no chat template (no key "
          + KEY
          + "): complete plain text with it, give a template of your own, or ask for ChatML if the"
          + " model knows it";
    }
    return file + " has no chat template '" + name + "'; it has " + String.join(", ", names());
  }

  /**
   * The template for a conversation: {@link #TOOL_USE} where tools are on offer and the file has
   * that variant, the default otherwise.
   *
   * @throws NoChatTemplateException where the file has no template
   */
  public ChatTemplate forRequest(ChatRequest request) {
    boolean tools = !request.tools().isEmpty() && sources.containsKey(TOOL_USE);
    boolean onlyTools = !sources.containsKey(DEFAULT) && sources.containsKey(TOOL_USE);
    return named(tools || onlyTools ? TOOL_USE : DEFAULT);
  }

  /**
   * As {@link #forRequest}, with ChatML where the file has no template: for callers who know that
   * the model takes it.
   */
  public ChatTemplate forRequestOrChatMl(ChatRequest request) {
    return isEmpty() ? ChatTemplate.chatMl() : forRequest(request);
  }

  /**
   * Renders a conversation with the template that fits it.
   *
   * @throws NoChatTemplateException where the file has no template
   */
  public String render(ChatRequest request) {
    return forRequest(request).render(request);
  }
}
