package io.firesteel.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who may ask. With an API key: whoever shows it. Without one the server is for programs on the
 * same machine, and web pages are kept out that reach it through the browser of someone who works
 * there: by their origin, and by the host that they think they talk to (DNS rebinding).
 */
public final class Guard {
  private static final Pattern LOOPBACK =
      Pattern.compile("(?:localhost|127(?:\\.\\d{1,3}){3}|\\[::1])(?::\\d{1,5})?");
  private static final String BEARER = "bearer ";

  private final Optional<byte[]> key;

  private Guard(Optional<byte[]> key) {
    this.key = key;
  }

  /** Lets in whoever shows a key, as {@code Authorization: Bearer …} or {@code x-api-key: …}. */
  public static Guard withKey(String key) {
    if (key.isBlank()) {
      throw new IllegalArgumentException("the API key is empty, expected some characters");
    }
    return new Guard(Optional.of(key.strip().getBytes(StandardCharsets.UTF_8)));
  }

  /** Lets in whoever talks to this machine by a name of its own. */
  public static Guard loopback() {
    return new Guard(Optional.empty());
  }

  void check(Exchange exchange, boolean needsKey) {
    if (key.isEmpty()) {
      requireLocal(exchange);
    } else if (needsKey && !showsKey(exchange)) {
      exchange.setHeader("WWW-Authenticate", "Bearer");
      throw HttpError.of(
          HttpError.Kind.UNAUTHORIZED,
          "invalid_api_key",
          "this server needs its API key: send 'Authorization: Bearer KEY' or 'x-api-key: KEY'");
    }
  }

  private static void requireLocal(Exchange exchange) {
    String host = exchange.header("host").orElse("");
    if (!LOOPBACK.matcher(host).matches()) {
      throw HttpError.of(
          HttpError.Kind.FORBIDDEN,
          "asked for as '" + host + "', but without an API key only local names are answered");
    }
    Optional<String> origin = exchange.header("origin");
    if (origin.isPresent()
        && !LOOPBACK.matcher(origin.get().replaceFirst("^https?://", "")).matches()) {
      throw HttpError.of(
          HttpError.Kind.FORBIDDEN,
          "asked for by a page of "
              + origin.get()
              + ", but without an API key only local pages are answered");
    }
  }

  private boolean showsKey(Exchange exchange) {
    String authorization = exchange.header("authorization").orElse("");
    boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    String shown =
        bearer
            ? authorization.substring(BEARER.length()).strip()
            : exchange.header("x-api-key").orElse("");
    return MessageDigest.isEqual(key.orElseThrow(), shown.getBytes(StandardCharsets.UTF_8));
  }
}
