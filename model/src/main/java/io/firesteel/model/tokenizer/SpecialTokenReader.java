package io.firesteel.model.tokenizer;

import io.firesteel.loader.Metadata;
import io.firesteel.model.tokenizer.SpecialTokens.Role;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Finds out which tokens are special: from ids in the file, from defaults of the vocabulary's kind
 * and, as many files leave ids out, from texts that published models give such tokens. What is
 * found by its text counts as a control token from then on.
 */
final class SpecialTokenReader {

  private static final Logger LOG = System.getLogger(SpecialTokenReader.class.getName());

  private record IdKey(Role role, String key) {}

  /** Later keys win over earlier ones of the same role. */
  private static final List<IdKey> ID_KEYS =
      List.of(
          new IdKey(Role.BOS, "bos_token_id"),
          new IdKey(Role.EOS, "eos_token_id"),
          new IdKey(Role.EOT, "eot_token_id"),
          new IdKey(Role.EOM, "eom_token_id"),
          new IdKey(Role.UNKNOWN, "unknown_token_id"),
          new IdKey(Role.SEPARATOR, "seperator_token_id"), // so spelled in GGUF
          new IdKey(Role.PADDING, "padding_token_id"),
          new IdKey(Role.MASK, "mask_token_id"),
          new IdKey(Role.FIM_PREFIX, "fim_pre_token_id"),
          new IdKey(Role.FIM_SUFFIX, "fim_suf_token_id"),
          new IdKey(Role.FIM_MIDDLE, "fim_mid_token_id"),
          new IdKey(Role.FIM_PADDING, "fim_pad_token_id"),
          new IdKey(Role.FIM_REPOSITORY, "fim_rep_token_id"),
          new IdKey(Role.FIM_SEPARATOR, "fim_sep_token_id"),
          new IdKey(Role.FIM_PREFIX, "prefix_token_id"),
          new IdKey(Role.FIM_SUFFIX, "suffix_token_id"),
          new IdKey(Role.FIM_MIDDLE, "middle_token_id"));

  private static final String DEEPSEEK_END = "<\uFF5Cend\u2581of\u2581sentence\uFF5C>";

  /** Texts by which a role without an id is found, the more telling ones first. */
  private static final Map<Role, List<String>> TEXTS =
      Map.of(
          Role.EOT,
          List.of(
              "<|eot_id|>",
              "<|im_end|>",
              "<|end|>",
              "<end_of_turn>",
              "<|endoftext|>",
              "<|end_of_text|>",
              "<EOT>",
              "_<EOT>",
              "[EOT]",
              DEEPSEEK_END,
              "<end_of_utterance>"),
          Role.EOM,
          List.of("<|eom_id|>"),
          Role.FIM_PREFIX,
          List.of(
              "<|fim_prefix|>",
              "<fim-prefix>",
              "<fim_prefix>",
              "<\uFF5Cfim\u2581begin\uFF5C>",
              "<PRE>",
              "\u2581<PRE>",
              "<|code_prefix|>",
              "<|prefix|>"),
          Role.FIM_SUFFIX,
          List.of(
              "<|fim_suffix|>",
              "<fim-suffix>",
              "<fim_suffix>",
              "<\uFF5Cfim\u2581hole\uFF5C>",
              "<SUF>",
              "\u2581<SUF>",
              "<|code_suffix|>",
              "<|suffix|>"),
          Role.FIM_MIDDLE,
          List.of(
              "<|fim_middle|>",
              "<fim-middle>",
              "<fim_middle>",
              "<\uFF5Cfim\u2581end\uFF5C>",
              "<MID>",
              "\u2581<MID>",
              "<|code_middle|>",
              "<|middle|>"),
          Role.FIM_PADDING,
          List.of("<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"),
          Role.FIM_REPOSITORY,
          List.of("<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"),
          Role.FIM_SEPARATOR,
          List.of("<|file_sep|>"));

  private static final List<String> END_OF_GENERATION =
      List.of(
          "<|eot_id|>",
          "<|im_end|>",
          "<|end|>",
          "<|return|>",
          "<|call|>",
          "<|flush|>",
          "<|calls|>",
          "<end_of_turn>",
          "<|endoftext|>",
          "</s>",
          "<|eom_id|>",
          "<EOT>",
          "_<EOT>",
          "[EOT]",
          "[EOS]",
          "<|end_of_text|>",
          "<end_of_utterance>",
          "<eos>",
          "<turn|>",
          "<|tool_response>",
          DEEPSEEK_END,
          "[e~[");

  /** Marks of the Harmony format, which belong to the text that a program reads. */
  private static final List<String> ALWAYS_SHOWN =
      List.of("<|channel|>", "<|message|>", "<|start|>", "<|constrain|>");

  private final Metadata metadata;
  private final Vocabulary vocabulary;
  private final Map<Role, Integer> ids;
  private final BitSet endOfGeneration = new BitSet();

  /**
   * @param defaults ids for roles that the file gives none; those beyond the vocabulary are ignored
   */
  SpecialTokenReader(Metadata metadata, Vocabulary vocabulary, Map<Role, Integer> defaults) {
    this.metadata = metadata;
    this.vocabulary = vocabulary;
    this.ids = new EnumMap<>(Role.class);
    defaults.forEach(
        (role, id) -> {
          if (id < vocabulary.size()) {
            ids.put(role, id);
          }
        });
  }

  SpecialTokens read() {
    readIds();
    TEXTS.forEach(this::findByText);
    markUnused();
    findEndOfGeneration();
    ALWAYS_SHOWN.forEach(this::alwaysShow);
    List.of(Role.EOS, Role.EOT, Role.EOM).forEach(this::endsGeneration);
    keepEndOfHarmonyMessage();
    keepEndOfSentenceBesideToolResponse();
    SpecialTokens special = new SpecialTokens(ids, endOfGeneration);
    markStripping();
    return special;
  }

  private void readIds() {
    for (IdKey entry : ID_KEYS) {
      String key = "tokenizer.ggml." + entry.key();
      if (metadata.has(key)) {
        readId(entry.role(), key);
      }
    }
  }

  /** Published files do give ids that no token has, such as -1 for a padding that is not there. */
  private void readId(Role role, String key) {
    long id = metadata.integer(key);
    if (id >= 0 && id < vocabulary.size()) {
      ids.put(role, (int) id);
      return;
    }
    LOG.log(
        Level.WARNING,
        "{0}: {1} is {2}, which is none of its {3} tokens; ignored",
        metadata.file(),
        key,
        Long.toString(id),
        Integer.toString(vocabulary.size()));
  }

  private void findByText(Role role, List<String> texts) {
    if (ids.containsKey(role)) {
      return;
    }
    for (String text : texts) {
      int id = vocabulary.find(text);
      if (id != ByteStrings.ABSENT) {
        ids.put(role, id);
        vocabulary.add(id, Attribute.CONTROL);
        return;
      }
    }
  }

  private void markUnused() {
    for (int id = 0; id < vocabulary.size(); id++) {
      if (vocabulary.has(id, Attribute.CONTROL) && vocabulary.string(id).contains("unused")) {
        vocabulary.add(id, Attribute.UNUSED);
      }
    }
  }

  private void findEndOfGeneration() {
    List.of(Role.FIM_PADDING, Role.FIM_REPOSITORY, Role.FIM_SEPARATOR)
        .forEach(this::endsGeneration);
    for (String text : END_OF_GENERATION) {
      int id = vocabulary.find(text);
      if (id != ByteStrings.ABSENT) {
        endOfGeneration.set(id);
        vocabulary.add(id, Attribute.CONTROL);
      }
    }
  }

  private void endsGeneration(Role role) {
    if (ids.containsKey(role)) {
      endOfGeneration.set(ids.get(role));
    }
  }

  private void alwaysShow(String text) {
    int id = vocabulary.find(text);
    if (id != ByteStrings.ABSENT) {
      vocabulary.setOnly(id, Attribute.USER_DEFINED);
    }
  }

  /** Where an answer ends with a mark of its own, {@code <|end|>} ends but one of its messages. */
  private void keepEndOfHarmonyMessage() {
    boolean calls = ends("<|call|>") || ends("<|calls|>");
    if (ends("<|end|>") && calls && (ends("<|return|>") || ends("<|flush|>"))) {
      int end = vocabulary.find("<|end|>");
      endOfGeneration.clear(end);
      vocabulary.setOnly(end, Attribute.USER_DEFINED);
    }
  }

  /** Vocabularies with {@code <|tool_response>} use {@code </s>} as ordinary text. */
  private void keepEndOfSentenceBesideToolResponse() {
    if (ends("<|tool_response>") && ends("</s>")) {
      int end = vocabulary.find("</s>");
      endOfGeneration.clear(end);
      vocabulary.setOnly(end, Attribute.NORMAL);
    }
  }

  private boolean ends(String text) {
    int id = vocabulary.find(text);
    return id != ByteStrings.ABSENT && endOfGeneration.get(id);
  }

  /** Files do not say which tokens take white space along; it is known of a few models. */
  private void markStripping() {
    String preTokenizer = metadata.string("tokenizer.ggml.pre", "");
    String model = metadata.string("general.name", "").toLowerCase(Locale.ROOT);
    if (preTokenizer.contains("jina-v2-de")
        || preTokenizer.contains("jina-v2-es")
        || preTokenizer.contains("jina-v2-code")) {
      stripLeft("<mask>");
    } else if (model.contains("phi-3") || model.contains("phi3")) {
      stripRightLikePhi3();
    } else if (model.contains("modern-bert")) {
      stripLeft("[MASK]");
    }
  }

  private void stripLeft(String text) {
    int id = vocabulary.find(text);
    if (id != ByteStrings.ABSENT) {
      vocabulary.add(id, Attribute.STRIPS_LEFT);
    }
  }

  private void stripRightLikePhi3() {
    for (int id = 0; id < vocabulary.size(); id++) {
      if (SpecialTokenSplitter.isSpecial(vocabulary, id)) {
        vocabulary.add(id, Attribute.STRIPS_RIGHT);
      }
    }
    int end = vocabulary.find("</s>");
    if (end != ByteStrings.ABSENT) {
      vocabulary.add(end, Attribute.STRIPS_RIGHT);
    }
    for (String text : List.of("<unk>", "<s>", "<|endoftext|>")) {
      int id = vocabulary.find(text);
      if (id != ByteStrings.ABSENT) {
        vocabulary.remove(id, Attribute.STRIPS_RIGHT);
      }
    }
  }
}
