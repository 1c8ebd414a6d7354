package io.firesteel.model.template.jinja;

/**
 * A piece of a template's source.
 *
 * @param text the data, name or operator; of a string, its value; of a number, its digits
 * @param line where it begins, from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    DATA("text"),
    VARIABLE_BEGIN("'{{'"),
    VARIABLE_END("'}}'"),
    BLOCK_BEGIN("'{%'"),
    BLOCK_END("'%}'"),
    NAME("name"),
    STRING("string"),
    INTEGER("integer"),
    FLOAT("float"),
    OPERATOR("operator"),
    END("end of the template");

    private final String description;

    Kind(String description) {
      this.description = description;
    }
  }

  boolean isOperator(String symbol) {
    return kind == Kind.OPERATOR && text.equals(symbol);
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  String describe() {
    return switch (kind) {
      case NAME, OPERATOR -> "'" + text + "'";
      default -> kind.description;
    };
  }
}
