package io.firesteel.server.admin;

import io.firesteel.server.http.ErrorFormat;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The chat page. Its few files are named here and read once: nothing in a request leads to a file.
 */
public final class Page {
  private static final Map<String, String> TYPES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "chat.js", "text/javascript; charset=utf-8",
          "markdown.js", "text/javascript; charset=utf-8",
          "chat.css", "text/css; charset=utf-8",
          "icon.svg", "image/svg+xml");
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  private static final String FOLDER = "/io/firesteel/server/page/";

  private Page() {}

  /** A route for each file; the page itself is at the root. */
  public static List<Route> routes(ErrorFormat errors) {
    return TYPES.keySet().stream().map(name -> route(name, errors)).toList();
  }

  private static Route route(String name, ErrorFormat errors) {
    byte[] bytes = read(name);
    String path = name.equals("index.html") ? "/" : "/" + name;
    return new Route("GET", path, false, errors, exchange -> answer(exchange, name, bytes));
  }

  private static void answer(Exchange exchange, String name, byte[] bytes) {
    exchange.setHeader("Content-Security-Policy", POLICY);
    exchange.setHeader("Referrer-Policy", "no-referrer");
    exchange.answer(200, TYPES.get(name), bytes);
  }

  private static byte[] read(String name) {
    try (InputStream in = Page.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the program lacks its resource " + FOLDER + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
