package io.firesteel.server.openai;

import java.util.UUID;

/** Names of answers. */
final class Ids {
  private Ids() {}

  static String random(String prefix) {
    return prefix + UUID.randomUUID().toString().replace("-", "");
  }
}
