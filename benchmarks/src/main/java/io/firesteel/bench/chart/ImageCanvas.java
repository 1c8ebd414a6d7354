package io.firesteel.bench.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Draws an image on a light ground, with two pixels for one. */
final class ImageCanvas implements Canvas {
  private static final int SCALE = 2;
  private static final int FONT_SIZE = 12;
  private static final double RADIUS = 3.5;

  private final BufferedImage image;
  private final Graphics2D graphics;

  ImageCanvas(int width, int height) {
    image = new BufferedImage(width * SCALE, height * SCALE, BufferedImage.TYPE_INT_RGB);
    graphics = image.createGraphics();
    graphics.scale(SCALE, SCALE);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, FONT_SIZE));
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, width, height);
  }

  private void take(Ink ink, float width) {
    graphics.setColor(Color.decode("#" + ink.light()));
    graphics.setStroke(new BasicStroke(width));
  }

  @Override
  public void line(double x1, double y1, double x2, double y2, Ink ink) {
    take(ink, 1);
    graphics.draw(new Line2D.Double(x1, y1, x2, y2));
  }

  @Override
  public void path(double[] x, double[] y, Ink ink) {
    take(ink, 2);
    Path2D path = new Path2D.Double();
    path.moveTo(x[0], y[0]);
    for (int i = 1; i < x.length; i++) {
      path.lineTo(x[i], y[i]);
    }
    graphics.draw(path);
  }

  @Override
  public void dot(double x, double y, Ink ink, String tip) {
    take(ink, 1);
    graphics.fill(new Ellipse2D.Double(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS));
  }

  @Override
  public void bar(double x, double y, double width, double height, Ink ink, String tip) {
    take(ink, 1);
    graphics.fill(new Rectangle2D.Double(x, y, width, height));
  }

  @Override
  public void text(double x, double y, String text, Anchor anchor, Ink ink) {
    take(ink, 1);
    double width = graphics.getFontMetrics().stringWidth(text);
    double shift =
        switch (anchor) {
          case START -> 0;
          case MIDDLE -> width / 2;
          case END -> width;
        };
    graphics.drawString(text, (float) (x - shift), (float) y);
  }

  /** Writes the drawing as PNG. */
  void writePng(OutputStream out) throws IOException {
    graphics.dispose();
    if (!ImageIO.write(image, "png", out)) {
      throw new UncheckedIOException(new IOException("this Java writes no PNG"));
    }
  }
}
