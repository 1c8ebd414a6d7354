package io.firesteel.bench.chart;

/**
 * A colour by its role, so that a page may show it light or dark.
 *
 * @param name as style sheets know it
 * @param light six hexadecimal digits on a light ground
 * @param dark six hexadecimal digits on a dark ground
 */
public record Ink(String name, String light, String dark) {
  /** Texts. */
  public static final Ink TEXT = new Ink("text", "1b1f24", "e6e9ee");

  /** Texts of less weight. */
  public static final Ink FAINT = new Ink("faint", "5b6470", "a3adba");

  /** Lines of the grid. */
  public static final Ink GRID = new Ink("grid", "d8dde3", "39414c");

  private static final Ink[] SERIES = {
    new Ink("s0", "c2410c", "fb923c"),
    new Ink("s1", "1d4ed8", "7aa5ff"),
    new Ink("s2", "047857", "4ade9c"),
    new Ink("s3", "7e22ce", "c99bff"),
    new Ink("s4", "0e7490", "54d3ea"),
    new Ink("s5", "a16207", "f5cf5b"),
    new Ink("s6", "be185d", "ff8fc0"),
    new Ink("s7", "4b5563", "b9c2cf")
  };

  /** Colour of the n-th series; they come again after some. */
  public static Ink series(int n) {
    return SERIES[n % SERIES.length];
  }

  /** Rules of a style sheet that define all colours, light and dark. */
  public static String styleSheet() {
    StringBuilder light = new StringBuilder(":root{");
    StringBuilder dark = new StringBuilder("@media (prefers-color-scheme:dark){:root{");
    StringBuilder rules = new StringBuilder();
    for (Ink ink : all()) {
      light.append("--%s:#%s;".formatted(ink.name, ink.light));
      dark.append("--%s:#%s;".formatted(ink.name, ink.dark));
      rules.append(
          ".f-%s{fill:var(--%s)}.l-%s{stroke:var(--%s);fill:none}"
              .formatted(ink.name, ink.name, ink.name, ink.name));
    }
    return light + "}" + dark + "}}" + rules;
  }

  private static Ink[] all() {
    Ink[] all = new Ink[SERIES.length + 3];
    System.arraycopy(SERIES, 0, all, 0, SERIES.length);
    all[SERIES.length] = TEXT;
    all[SERIES.length + 1] = FAINT;
    all[SERIES.length + 2] = GRID;
    return all;
  }
}
