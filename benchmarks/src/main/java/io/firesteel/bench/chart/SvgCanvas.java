package io.firesteel.bench.chart;

import java.util.Locale;

/** Draws SVG whose colours are those of {@link Ink#styleSheet}. */
final class SvgCanvas implements Canvas {
  private final StringBuilder body = new StringBuilder();

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** Makes a text safe inside of XML. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  @Override
  public void line(double x1, double y1, double x2, double y2, Ink ink) {
    body.append(
        "<line class=\"l-%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>%n"
            .formatted(ink.name(), number(x1), number(y1), number(x2), number(y2)));
  }

  @Override
  public void path(double[] x, double[] y, Ink ink) {
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < x.length; i++) {
      points.append(i == 0 ? "" : " ").append(number(x[i])).append(',').append(number(y[i]));
    }
    body.append(
        "<polyline class=\"l-%s\" stroke-width=\"2\" points=\"%s\"/>%n"
            .formatted(ink.name(), points));
  }

  @Override
  public void dot(double x, double y, Ink ink, String tip) {
    body.append(
        "<circle class=\"f-%s\" cx=\"%s\" cy=\"%s\" r=\"3.5\"><title>%s</title></circle>%n"
            .formatted(ink.name(), number(x), number(y), escaped(tip)));
  }

  @Override
  public void bar(double x, double y, double width, double height, Ink ink, String tip) {
    body.append(
        "<rect class=\"f-%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>%n"
            .formatted(
                ink.name(), number(x), number(y), number(width), number(height), escaped(tip)));
  }

  @Override
  public void text(double x, double y, String text, Anchor anchor, Ink ink) {
    body.append(
        "<text class=\"f-%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>%n"
            .formatted(
                ink.name(),
                number(x),
                number(y),
                anchor.name().toLowerCase(Locale.ROOT),
                escaped(text)));
  }

  /**
   * The drawing as an element.
   *
   * @param style contents of its own style sheet; empty where the page around has one
   */
  String svg(int width, int height, String title, String style) {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s" font-family="system-ui,sans-serif" font-size="12">%s
    %s</svg>
    """
        .formatted(
            width,
            height,
            escaped(title),
            style.isEmpty() ? "" : "<style>" + style + "</style>",
            body);
  }
}
