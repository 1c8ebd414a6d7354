package io.firesteel.model.template;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a message says. */
public sealed interface Content {
  /** The text of it: of parts, those of type {@code text}, one after the other. */
  String text();

  /**
   * Plain text.
   *
   * @param text the text
   */
  record Text(String text) implements Content {}

  /**
   * A list of parts, such as text and images. Not every template takes it.
   *
   * @param parts in their order
   */
  record Parts(List<Part> parts) implements Content {
    /** Copies the list. */
    public Parts {
      parts = List.copyOf(parts);
    }

    @Override
    public String text() {
      return parts.stream()
          .filter(part -> part.type().equals("text"))
          .map(Part::text)
          .collect(Collectors.joining());
    }
  }

  /**
   * One part.
   *
   * @param fields its JSON object: {@code type}, and what the type needs
   */
  record Part(Map<String, Object> fields) {
    /** A part of type {@code text}. */
    public static Part text(String text) {
      return new Part(Map.of("type", "text", "text", text));
    }

    /** The type, e.g. {@code text} or {@code image}; empty where there is none. */
    public String type() {
      return fields.get("type") instanceof String type ? type : "";
    }

    /** The text; empty where there is none. */
    public String text() {
      return fields.get("text") instanceof String text ? text : "";
    }
  }
}
