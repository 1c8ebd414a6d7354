package io.firesteel.bench.chart;

import io.firesteel.bench.chart.Canvas.Anchor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Series of values over common places, as lines or as bars.
 *
 * @param title what is shown
 * @param unit unit of the values
 * @param kind how they are drawn
 * @param places what the values stand over, from left to right, at least one
 * @param series at least one
 */
public record Chart(
    String title, String unit, Kind kind, List<String> places, List<Series> series) {
  /** How values are drawn. */
  public enum Kind {
    /** As points joined by lines. */
    LINES,
    /** As bars beside each other. */
    BARS
  }

  /**
   * Values of one thing.
   *
   * @param name of the thing
   * @param values one for each place; NaN where there is none
   */
  public record Series(String name, double... values) {}

  private static final int WIDTH = 720;
  private static final int PLOT_HEIGHT = 260;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int TOP = 40;
  private static final int LEGEND_LINE = 20;
  private static final int AXIS = 34;
  private static final int TICKS = 5;
  private static final double LETTER = 7;
  private static final int NAME_LINE = 14;
  private static final int MOST_NAME_LINES = 3;

  /** Takes immutable copies of the lists. */
  public Chart {
    places = List.copyOf(places);
    series = List.copyOf(series);
  }

  private int height() {
    return legendTop() + LEGEND_LINE * series.size();
  }

  private int legendTop() {
    return TOP + PLOT_HEIGHT + AXIS + NAME_LINE * (nameLines() - 1);
  }

  /** Room that the longest name takes, in places. */
  private double nameWidth() {
    return LETTER * (1 + places.stream().mapToInt(String::length).max().orElse(0)) / place();
  }

  /** Lines on which names of places take turns, so that neighbours do not overlap. */
  private int nameLines() {
    return Math.clamp((int) Math.ceil(nameWidth()), 1, MOST_NAME_LINES);
  }

  /** As an element of a page that has {@link Ink#styleSheet}. */
  public String element() {
    SvgCanvas canvas = new SvgCanvas();
    draw(canvas);
    return canvas.svg(WIDTH, height(), title, "");
  }

  /** As a file of its own. */
  public String svg() {
    SvgCanvas canvas = new SvgCanvas();
    draw(canvas);
    return canvas.svg(WIDTH, height(), title, Ink.styleSheet());
  }

  /** As an image. */
  public void writePng(OutputStream out) throws IOException {
    ImageCanvas canvas = new ImageCanvas(WIDTH, height());
    draw(canvas);
    canvas.writePng(out);
  }

  private void draw(Canvas canvas) {
    canvas.text(LEFT, 18, title, Anchor.START, Ink.TEXT);
    double step = step();
    double top = Math.ceil(largest() / step) * step;
    for (double tick = 0; tick <= top + step / 2; tick += step) {
      double y = y(tick, top);
      canvas.line(LEFT, y, WIDTH - RIGHT, y, Ink.GRID);
      canvas.text(LEFT - 8, y + 4, number(tick), Anchor.END, Ink.FAINT);
    }
    canvas.text(LEFT - 8, TOP - 10, unit, Anchor.END, Ink.FAINT);
    int lines = nameLines();
    int every = (int) Math.ceil(nameWidth() / lines);
    for (int i = 0; i < places.size(); i += every) {
      double y = TOP + PLOT_HEIGHT + 18 + NAME_LINE * (i / every % lines);
      canvas.text(x(i), y, places.get(i), Anchor.MIDDLE, Ink.FAINT);
    }
    for (int s = 0; s < series.size(); s++) {
      draw(canvas, s, top);
      double y = legendTop() + LEGEND_LINE * s;
      canvas.bar(LEFT, y - 4, 14, 8, Ink.series(s), series.get(s).name());
      canvas.text(LEFT + 22, y + 4, series.get(s).name(), Anchor.START, Ink.TEXT);
    }
  }

  private void draw(Canvas canvas, int s, double top) {
    double[] values = series.get(s).values();
    Ink ink = Ink.series(s);
    Optional<Integer> before = Optional.empty();
    for (int i = 0; i < values.length; i++) {
      if (Double.isNaN(values[i])) {
        continue;
      }
      String tip =
          "%s, %s: %s %s".formatted(series.get(s).name(), places.get(i), number(values[i]), unit);
      if (kind == Kind.BARS) {
        double width = 0.8 * place() / series.size();
        double y = y(values[i], top);
        canvas.bar(
            x(i) - 0.4 * place() + s * width, y, width * 0.9, TOP + PLOT_HEIGHT - y, ink, tip);
      } else {
        if (before.isPresent()) {
          int from = before.get();
          canvas.path(
              new double[] {x(from), x(i)},
              new double[] {y(values[from], top), y(values[i], top)},
              ink);
        }
        canvas.dot(x(i), y(values[i], top), ink, tip);
        before = Optional.of(i);
      }
    }
  }

  private double place() {
    return (double) (WIDTH - LEFT - RIGHT) / places.size();
  }

  private double x(int i) {
    return LEFT + place() * (i + 0.5);
  }

  private static double y(double value, double top) {
    return TOP + PLOT_HEIGHT * (1 - value / top);
  }

  private double largest() {
    double largest = 0;
    for (Series each : series) {
      for (double value : each.values()) {
        largest = Double.isNaN(value) ? largest : Math.max(largest, value);
      }
    }
    return largest > 0 ? largest : 1;
  }

  /** A round distance of ticks. */
  private double step() {
    double rough = largest() / TICKS;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digit = rough / power;
    return power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
  }

  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 || size == Math.rint(size) ? "%.0f" : size >= 1 ? "%.2f" : "%.4g";
    return String.format(Locale.ROOT, format, value);
  }
}
