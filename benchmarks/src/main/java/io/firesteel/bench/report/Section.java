package io.firesteel.bench.report;

import io.firesteel.bench.chart.Chart;
import java.util.List;
import java.util.Locale;

/**
 * A part of the page.
 *
 * @param id name of its charts' files
 * @param title heading
 * @param text a sentence or two; may be empty
 * @param charts charts before the tables
 * @param tables tables
 */
record Section(String id, String title, String text, List<Chart> charts, List<Table> tables) {
  /** An identifier of what is shown of a model and device. */
  static String id(String kind, String group) {
    return kind + "-" + group.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  /** Whether there is something to show. */
  boolean isEmpty() {
    return charts.isEmpty() && tables.stream().allMatch(Table::isEmpty);
  }

  String html() {
    StringBuilder html = new StringBuilder();
    html.append("<section id=\"%s\"><h2>%s</h2>%n".formatted(id, Html.escaped(title)));
    if (!text.isEmpty()) {
      html.append("<p>").append(Html.escaped(text)).append("</p>\n");
    }
    charts.forEach(chart -> html.append("<figure>").append(chart.element()).append("</figure>\n"));
    tables.stream().filter(table -> !table.isEmpty()).forEach(t -> html.append(t.html()));
    return html.append("</section>\n").toString();
  }
}
