package io.firesteel.bench.chart;

/** What charts are drawn on. Coordinates are pixels from the upper left corner. */
interface Canvas {
  /** Where a text stands relative to its point. */
  enum Anchor {
    /** Begins there. */
    START,
    /** Has its middle there. */
    MIDDLE,
    /** Ends there. */
    END
  }

  /** A straight line. */
  void line(double x1, double y1, double x2, double y2, Ink ink);

  /** Joined lines through points. */
  void path(double[] x, double[] y, Ink ink);

  /** A filled dot with a text that shows when it is pointed at, where the medium can. */
  void dot(double x, double y, Ink ink, String tip);

  /** A filled rectangle with a text that shows when it is pointed at, where the medium can. */
  void bar(double x, double y, double width, double height, Ink ink, String tip);

  /** A text on a base line. */
  void text(double x, double y, String text, Anchor anchor, Ink ink);
}
