package io.firesteel.model.template.jinja;

/** Python's backslash escapes in string literals. */
final class Escapes {
  private Escapes() {}

  static String decode(String body, int line) {
    if (body.indexOf('\\') < 0) {
      return body;
    }
    StringBuilder out = new StringBuilder(body.length());
    int i = 0;
    while (i < body.length()) {
      char c = body.charAt(i++);
      if (c != '\\') {
        out.append(c);
      } else {
        i = decodeOne(body, i, out, line);
      }
    }
    return out.toString();
  }

  /** Decodes the escape whose letter stands at an index, and returns the index after it. */
  private static int decodeOne(String body, int index, StringBuilder out, int line) {
    char c = body.charAt(index);
    switch (c) {
      case '\n' -> {}
      case '\\', '\'', '"' -> out.append(c);
      case 'a' -> out.append('\u0007');
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'v' -> out.append('\u000b');
      case 'x' -> {
        return hex(body, index + 1, 2, out, line);
      }
      case 'u' -> {
        return hex(body, index + 1, 4, out, line);
      }
      case 'U' -> {
        return hex(body, index + 1, 8, out, line);
      }
      case 'N' -> {
        return named(body, index + 1, out, line);
      }
      case '0', '1', '2', '3', '4', '5', '6', '7' -> {
        return octal(body, index, out);
      }
      default -> out.append('\\').append(c);
    }
    return index + 1;
  }

  private static int hex(String body, int from, int digits, StringBuilder out, int line) {
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = i < body.length() ? Character.digit(body.charAt(i), 16) : -1;
      if (digit < 0) {
        throw new TemplateException(
            "an escape in a string that needs " + digits + " hexadecimal digits", line);
      }
      value = value << 4 | digit;
    }
    if (!Character.isValidCodePoint(value)) {
      throw new TemplateException("an escape in a string that names no Unicode character", line);
    }
    out.appendCodePoint(value);
    return from + digits;
  }

  private static int octal(String body, int from, StringBuilder out) {
    int value = 0;
    int i = from;
    while (i < body.length() && i < from + 3 && Character.digit(body.charAt(i), 8) >= 0) {
      value = value * 8 + Character.digit(body.charAt(i++), 8);
    }
    out.appendCodePoint(value);
    return i;
  }

  private static int named(String body, int from, StringBuilder out, int line) {
    int end = body.indexOf('}', from);
    if (end < 0 || body.charAt(from) != '{') {
      throw new TemplateException("an escape \\N in a string without its {name}", line);
    }
    String name = body.substring(from + 1, end);
    try {
      out.appendCodePoint(Character.codePointOf(name));
    } catch (IllegalArgumentException _) {
      throw new TemplateException(
          "an escape \\N in a string with an unknown name '" + name + "'", line);
    }
    return end + 1;
  }
}
