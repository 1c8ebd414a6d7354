package io.firesteel.bench.report;

import java.util.ArrayList;
import java.util.List;

/** A table whose cells keep the exact values that they show rounded. */
final class Table {
  private record Cell(String text, String value) {}

  private final List<String> heads;
  private final List<List<Cell>> rows = new ArrayList<>();

  Table(String... heads) {
    this.heads = List.of(heads);
  }

  Table(List<String> heads) {
    this.heads = List.copyOf(heads);
  }

  /** Begins a row. */
  Table row() {
    rows.add(new ArrayList<>());
    return this;
  }

  /** Adds a text to the row. */
  Table text(String text) {
    rows.getLast().add(new Cell(text, ""));
    return this;
  }

  /**
   * Adds a number to the row, or nothing for NaN.
   *
   * @param shown how it is shown
   */
  Table number(double value, String shown) {
    boolean known = !Double.isNaN(value);
    rows.getLast().add(new Cell(known ? shown : "–", known ? Double.toString(value) : ""));
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  String html() {
    StringBuilder html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
    heads.forEach(head -> html.append("<th>").append(Html.escaped(head)).append("</th>"));
    html.append("</tr></thead><tbody>\n");
    for (List<Cell> row : rows) {
      html.append("<tr>");
      for (Cell cell : row) {
        String attribute =
            cell.value().isEmpty() ? "" : " class=\"n\" data-value=\"" + cell.value() + "\"";
        html.append("<td").append(attribute).append('>');
        html.append(Html.escaped(cell.text())).append("</td>");
      }
      html.append("</tr>\n");
    }
    return html.append("</tbody></table></div>\n").toString();
  }
}
