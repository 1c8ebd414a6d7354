package io.firesteel.model.cli;

/** Token ids written as text. */
final class TokenIds {
  private TokenIds() {}

  /**
   * Reads ids.
   *
   * @param separator regular expression between ids
   * @param vocabulary ids are below this
   * @throws CliException if one is no number or not in the vocabulary
   */
  static int[] parse(String text, String separator, int vocabulary) {
    String[] words = text.strip().split(separator, -1);
    int[] ids = new int[words.length];
    for (int i = 0; i < words.length; i++) {
      ids[i] = parse(words[i], vocabulary);
    }
    return ids;
  }

  private static int parse(String word, int vocabulary) {
    try {
      int id = Integer.parseInt(word);
      if (id >= 0 && id < vocabulary) {
        return id;
      }
    } catch (NumberFormatException _) {
      // Falls through to the same complaint: the word is no token id.
    }
    throw CliException.usage(
        "'" + word + "' is no token id", "ids of this model are 0 to " + (vocabulary - 1));
  }
}
