package io.firesteel.server.http;

/**
 * Where an endpoint is found.
 *
 * @param method HTTP method; {@code GET} also takes {@code HEAD}
 * @param path the whole path; one that ends in {@code /*} takes anything in place of the star
 * @param needsKey whether a client must show its API key, where the server has one
 * @param errors how its protocol writes errors
 * @param endpoint what answers
 */
public record Route(
    String method, String path, boolean needsKey, ErrorFormat errors, Endpoint endpoint) {
  boolean matchesPath(String asked) {
    return path.endsWith("/*")
        ? asked.startsWith(path.substring(0, path.length() - 1)) && asked.length() >= path.length()
        : asked.equals(path);
  }

  boolean matchesMethod(String asked) {
    return asked.equals(method) || asked.equals("HEAD") && method.equals("GET");
  }

  /** What stands in place of the star. */
  String rest(String asked) {
    return path.endsWith("/*") ? asked.substring(path.length() - 1) : "";
  }
}
