package io.firesteel.bench.report;

import io.firesteel.bench.chart.Chart;
import io.firesteel.bench.chart.Ink;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** One self-contained page: no scripts, nothing from the network, light and dark. */
public final class ReportPage {
  private static final String STYLE =
      """
      html{color-scheme:light dark;background:#fff}body{color:var(--text);margin:0 auto;max-width:64rem;padding:1rem;
      font:1rem/1.5 system-ui,sans-serif}@media (prefers-color-scheme:dark){html{background:#14181d}}
      h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.2rem;margin:2rem 0 .3rem}p{color:var(--faint);margin:.3rem 0}
      figure{margin:1rem 0}svg{width:100%;height:auto;max-width:45rem;display:block}
      .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
      th,td{border-bottom:1px solid var(--grid);padding:.3rem .7rem;text-align:left;white-space:nowrap}
      td.n{text-align:right}th{font-weight:600}
      """;

  private final List<Section> sections;

  private ReportPage(List<Section> sections) {
    this.sections = sections;
  }

  /**
   * Makes the page from the results of a folder.
   *
   * @throws IOException if a file cannot be read
   * @throws IllegalArgumentException if there are no results
   */
  public static ReportPage of(Path folder) throws IOException {
    Results results = Results.read(folder);
    if (results.all().isEmpty()) {
      throw new IllegalArgumentException(
          folder + " holds no results; write some there with --out " + folder + "/name.json");
    }
    return new ReportPage(new Sections(results).all());
  }

  /** The page. */
  public String html() {
    StringBuilder body = new StringBuilder();
    sections.forEach(section -> body.append(section.html()));
    return """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <link rel="icon" href="data:,">
    <title>Firesteel: measured</title>
    <style>%s%s</style></head>
    <body><h1>Firesteel: measured</h1>
    %s</body></html>
    """
        .formatted(Ink.styleSheet(), STYLE, body);
  }

  /**
   * Writes each chart as SVG and PNG.
   *
   * @param folder is made where it is missing
   * @return number of charts
   */
  public int writeCharts(Path folder) throws IOException {
    Files.createDirectories(folder);
    int written = 0;
    for (Section section : sections) {
      for (int i = 0; i < section.charts().size(); i++) {
        Chart chart = section.charts().get(i);
        String name = section.id() + (i == 0 ? "" : "-" + (i + 1));
        Files.writeString(folder.resolve(name + ".svg"), chart.svg());
        try (OutputStream out = Files.newOutputStream(folder.resolve(name + ".png"))) {
          chart.writePng(out);
        }
        written++;
      }
    }
    return written;
  }
}
