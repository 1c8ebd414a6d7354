package io.firesteel.model.tokenizer;

import io.firesteel.loader.Metadata;
import io.firesteel.model.tokenizer.SpecialTokenSplitter.Fragment;
import io.firesteel.model.tokenizer.SpecialTokens.Role;
import io.firesteel.model.tokenizer.pre.PreTokenizer;
import java.io.ByteArrayOutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * The tokenizer of a GGUF file: text to ids and back. Ids equal those that llama.cpp computes from
 * the same file.
 *
 * <p>Known kinds ({@code tokenizer.ggml.model}) are {@code gpt2}, byte-level BPE with one of the
 * pre-tokenisers of {@link PreTokenizer#names()}, and {@code llama}, SentencePiece.
 *
 * <p>Text is UTF-8 at heart. A surrogate without its partner becomes U+FFFD. Of malformed UTF-8
 * given as bytes, byte-level BPE makes one U+FFFD for each malformed byte, while SentencePiece
 * spells the bytes as they are.
 *
 * <p>Immutable; one tokenizer serves any number of threads.
 */
public final class Tokenizer {

  private static final Logger LOG = System.getLogger(Tokenizer.class.getName());

  private static final String MODEL = "tokenizer.ggml.model";
  private static final String PRE = "tokenizer.ggml.pre";
  private static final String DEFAULT_PRE = "default";
  private static final String ADD_BOS = "tokenizer.ggml.add_bos_token";
  private static final String ADD_EOS = "tokenizer.ggml.add_eos_token";
  private static final String ADD_SPACE_PREFIX = "tokenizer.ggml.add_space_prefix";

  private static final byte[] ESCAPED_SPACE = "\u2581".getBytes(StandardCharsets.UTF_8);

  /** How bytes are spelled in token texts. */
  private enum Spelling {
    /** Each character stands for a byte. */
    BYTE_ALPHABET,
    /** Plain text with {@code ▁} for blanks, and byte tokens such as {@code <0x0A>}. */
    ESCAPED_SPACES
  }

  /** Properties that the file states or its kind implies. */
  private record Settings(
      boolean addsBos, boolean addsEos, boolean addsSpacePrefix, boolean cleansSpaces) {

    static Settings read(Metadata metadata, Settings defaults) {
      return new Settings(
          metadata.bool(ADD_BOS, defaults.addsBos),
          metadata.bool(ADD_EOS, defaults.addsEos),
          metadata.bool(ADD_SPACE_PREFIX, defaults.addsSpacePrefix),
          defaults.cleansSpaces);
    }
  }

  private final Vocabulary vocabulary;
  private final SpecialTokens special;
  private final SpecialTokenSplitter splitter;
  private final Encoder encoder;
  private final Settings settings;
  private final byte[][] pieces;

  private Tokenizer(
      Vocabulary vocabulary,
      SpecialTokens special,
      Encoder encoder,
      Settings settings,
      byte[][] pieces) {
    this.vocabulary = vocabulary;
    this.special = special;
    this.splitter = new SpecialTokenSplitter(vocabulary);
    this.encoder = encoder;
    this.settings = settings;
    this.pieces = pieces;
  }

  /**
   * The tokenizer that a file describes.
   *
   * @param metadata the file's metadata
   * @return a tokenizer that needs the file no longer
   * @throws io.firesteel.loader.GgufException if the kind or pre-tokeniser is not known, or if the
   *     description is incomplete or contradicts itself; the message names the key
   */
  public static Tokenizer from(Metadata metadata) {
    String model = metadata.string(MODEL);
    return switch (model) {
      case "gpt2" -> bytePair(metadata);
      case "llama" -> sentencePiece(metadata);
      default ->
          throw metadata.error(MODEL, "found '" + model + "', expected one of 'gpt2', 'llama'");
    };
  }

  private static Tokenizer bytePair(Metadata metadata) {
    PreTokenizer preTokenizer = preTokenizer(metadata);
    PreTokenizer.Defaults defaults = preTokenizer.defaults();
    Vocabulary vocabulary = Vocabulary.read(metadata);
    Encoder encoder = BytePairEncoder.read(metadata, vocabulary, preTokenizer);
    Map<Role, Integer> ids =
        defaults.hasBos() ? Map.of(Role.BOS, 11, Role.EOS, 11) : Map.of(Role.EOS, 11);
    SpecialTokens special = new SpecialTokenReader(metadata, vocabulary, ids).read();
    Settings settings =
        Settings.read(
            metadata, new Settings(defaults.addsBos(), false, false, defaults.cleansSpaces()));
    return build(metadata, vocabulary, special, encoder, settings, Spelling.BYTE_ALPHABET);
  }

  private static PreTokenizer preTokenizer(Metadata metadata) {
    String stated = metadata.string(PRE, "");
    if (stated.isEmpty()) {
      LOG.log(
          Level.WARNING,
          "{0} does not name its pre-tokeniser ({1}); text is cut as \"{2}\" says, which may not be"
              + " how the model was trained: convert the model anew with a current converter",
          metadata.file(),
          PRE,
          DEFAULT_PRE);
    }
    String name = stated.isEmpty() ? DEFAULT_PRE : stated;
    return PreTokenizer.named(name)
        .orElseThrow(
            () ->
                metadata.error(
                    PRE,
                    "found '"
                        + name
                        + "', expected one of "
                        + String.join(", ", PreTokenizer.names())));
  }

  private static Tokenizer sentencePiece(Metadata metadata) {
    Vocabulary vocabulary = Vocabulary.read(metadata);
    Map<Role, Integer> ids = Map.of(Role.BOS, 1, Role.EOS, 2, Role.UNKNOWN, 0);
    SpecialTokens special = new SpecialTokenReader(metadata, vocabulary, ids).read();
    Settings settings = Settings.read(metadata, new Settings(true, false, true, false));
    Encoder encoder =
        new SentencePieceEncoder(
            vocabulary, settings.addsSpacePrefix, special.id(Role.UNKNOWN).orElseThrow());
    return build(metadata, vocabulary, special, encoder, settings, Spelling.ESCAPED_SPACES);
  }

  private static Tokenizer build(
      Metadata metadata,
      Vocabulary vocabulary,
      SpecialTokens special,
      Encoder encoder,
      Settings settings,
      Spelling spelling) {
    requireId(metadata, special, ADD_BOS, settings.addsBos, Role.BOS);
    requireId(metadata, special, ADD_EOS, settings.addsEos, Role.EOS);
    byte[][] pieces = pieces(metadata, vocabulary, spelling);
    return new Tokenizer(vocabulary, special, encoder, settings, pieces);
  }

  private static void requireId(
      Metadata metadata, SpecialTokens special, String key, boolean adds, Role role) {
    if (adds && special.id(role).isEmpty()) {
      throw metadata.error(key, "is true, but the file gives no id for " + role);
    }
  }

  private static byte[][] pieces(Metadata metadata, Vocabulary vocabulary, Spelling spelling) {
    byte[][] pieces = new byte[vocabulary.size()][];
    for (int id = 0; id < pieces.length; id++) {
      byte[] text = vocabulary.text(id);
      if (SpecialTokenSplitter.isSpecial(vocabulary, id)) {
        pieces[id] = text;
      } else if (vocabulary.has(id, Attribute.NORMAL)) {
        pieces[id] =
            switch (spelling) {
              case BYTE_ALPHABET -> ByteAlphabet.decodeLeniently(text);
              case ESCAPED_SPACES -> unescapeSpaces(text);
            };
      } else if (vocabulary.has(id, Attribute.BYTE)) {
        pieces[id] = new byte[] {byteOfToken(metadata, id, vocabulary.string(id))};
      } else {
        pieces[id] = new byte[0];
      }
    }
    return pieces;
  }

  private static byte[] unescapeSpaces(byte[] text) {
    byte[] plain = new byte[text.length];
    int count = 0;
    for (int i = 0; i < text.length; i++) {
      boolean escaped =
          i + 3 <= text.length
              && Arrays.equals(text, i, i + 3, ESCAPED_SPACE, 0, ESCAPED_SPACE.length);
      plain[count++] = escaped ? (byte) ' ' : text[i];
      i += escaped ? 2 : 0;
    }
    return count == text.length ? text : Arrays.copyOf(plain, count);
  }

  /** {@code <0x0A>} is the byte 10. */
  private static byte byteOfToken(Metadata metadata, int id, String text) {
    if (text.length() != 6 || !text.startsWith("<0x") || text.charAt(5) != '>') {
      throw notByteToken(metadata, id, text);
    }
    try {
      return (byte) HexFormat.fromHexDigits(text, 3, 5);
    } catch (NumberFormatException e) {
      throw notByteToken(metadata, id, text);
    }
  }

  private static RuntimeException notByteToken(Metadata metadata, int id, String text) {
    return metadata.error(
        "tokenizer.ggml.tokens[" + id + "]",
        "found '" + text + "' for a byte token, expected the form '<0x0A>'");
  }

  /**
   * Encodes a text.
   *
   * @param text any text
   * @param addSpecial whether BOS and EOS are added where the model wants them
   * @param parseSpecial whether the texts of control tokens, such as {@code <|im_end|>}, become
   *     those tokens; never true for text from outside
   * @return the ids
   */
  public int[] encode(String text, boolean addSpecial, boolean parseSpecial) {
    return encode(Utf8.encode(text), addSpecial, parseSpecial);
  }

  /**
   * Encodes UTF-8, which may be malformed.
   *
   * @param utf8 any bytes
   * @param addSpecial whether BOS and EOS are added where the model wants them
   * @param parseSpecial whether the texts of control tokens become those tokens
   * @return the ids
   */
  public int[] encode(byte[] utf8, boolean addSpecial, boolean parseSpecial) {
    IntList ids = new IntList();
    if (addSpecial && settings.addsBos) {
      ids.add(special.id(Role.BOS).orElseThrow());
    }
    boolean afterSpecial = true;
    for (Fragment fragment : splitter.split(utf8, parseSpecial)) {
      if (fragment.isToken()) {
        ids.add(fragment.token());
      } else {
        encoder.encode(utf8, fragment.from(), fragment.to(), afterSpecial, ids);
      }
      afterSpecial = fragment.isToken();
    }
    if (addSpecial && settings.addsEos) {
      ids.add(special.id(Role.EOS).orElseThrow());
    }
    return ids.toArray();
  }

  /**
   * Decodes ids as one text. A blank that encoding put before the text is taken out again, as are
   * those that vocabularies of some kinds leave before punctuation; {@link #decodeBytes} and {@link
   * #streamingDecoder} leave all as it is.
   *
   * @param ids tokens of the vocabulary
   * @param removeSpecial whether BOS and EOS are left out where encoding adds them
   * @param showSpecial whether control tokens show as their texts
   * @return the text, with U+FFFD for bytes that are no UTF-8
   * @throws IndexOutOfBoundsException if the vocabulary lacks an id
   */
  public String decode(int[] ids, boolean removeSpecial, boolean showSpecial) {
    int from = 0;
    int to = ids.length;
    boolean stripBlank = settings.addsSpacePrefix;
    if (removeSpecial && settings.addsBos && from < to && is(Role.BOS, ids[from])) {
      from++;
      stripBlank = false;
    }
    if (removeSpecial && settings.addsEos && from < to && is(Role.EOS, ids[to - 1])) {
      to--;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = from; i < to; i++) {
      byte[] piece = piece(ids[i], showSpecial);
      int skipped = stripBlank && i == from && piece.length > 0 && piece[0] == ' ' ? 1 : 0;
      text.write(piece, skipped, piece.length - skipped);
    }
    byte[] utf8 = text.toByteArray();
    return new String(
        settings.cleansSpaces ? SpaceCleaner.clean(utf8) : utf8, StandardCharsets.UTF_8);
  }

  private boolean is(Role role, int id) {
    OptionalInt special = this.special.id(role);
    return special.isPresent() && special.getAsInt() == id;
  }

  /**
   * The bytes that ids stand for, one after the other and with nothing taken out.
   *
   * @param ids tokens of the vocabulary
   * @param showSpecial whether control tokens show as their texts
   * @return UTF-8 if the ids make up whole characters
   * @throws IndexOutOfBoundsException if the vocabulary lacks an id
   */
  public byte[] decodeBytes(int[] ids, boolean showSpecial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id : ids) {
      bytes.writeBytes(piece(id, showSpecial));
    }
    return bytes.toByteArray();
  }

  /**
   * A decoder for ids that come one by one.
   *
   * @param showSpecial whether control tokens show as their texts
   * @return a decoder for one thread
   */
  public StreamingDecoder streamingDecoder(boolean showSpecial) {
    return new StreamingDecoder(this, showSpecial);
  }

  /**
   * The bytes that a token stands for, which may be part of a character.
   *
   * @param id a token of the vocabulary
   * @param showSpecial whether a control token shows as its text rather than as nothing
   * @return a copy of the bytes
   * @throws IndexOutOfBoundsException if the vocabulary has no such token
   */
  public byte[] pieceBytes(int id, boolean showSpecial) {
    return piece(id, showSpecial).clone();
  }

  private byte[] piece(int id, boolean showSpecial) {
    requireToken(id);
    return !showSpecial && vocabulary.isControlOrUnknown(id) ? new byte[0] : pieces[id];
  }

  private void requireToken(int id) {
    if (id < 0 || id >= vocabulary.size()) {
      throw new IndexOutOfBoundsException(
          "token " + id + " is not in the vocabulary of " + vocabulary.size() + " tokens");
    }
  }

  /**
   * A token's text as the file spells it.
   *
   * @param id a token of the vocabulary
   * @return for instance {@code Ġthe}, {@code ▁the}, {@code <0x0A>} or {@code <|im_end|>}
   * @throws IndexOutOfBoundsException if the vocabulary has no such token
   */
  public String tokenText(int id) {
    requireToken(id);
    return vocabulary.string(id);
  }

  /**
   * The token with a text.
   *
   * @param tokenText as {@link #tokenText} gives it
   * @return its id, if there is one
   */
  public OptionalInt find(String tokenText) {
    int id = vocabulary.find(Objects.requireNonNull(tokenText));
    return id == ByteStrings.ABSENT ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Number of tokens; ids are below it. */
  public int vocabularySize() {
    return vocabulary.size();
  }

  /** The tokens that have a role. */
  public SpecialTokens specialTokens() {
    return special;
  }

  /** The token that begins a text, if there is one. */
  public OptionalInt bosId() {
    return special.id(Role.BOS);
  }

  /** The token that ends a text, if there is one. */
  public OptionalInt eosId() {
    return special.id(Role.EOS);
  }

  /** Whether encoding with special tokens puts BOS first. */
  public boolean addsBos() {
    return settings.addsBos;
  }

  /** Whether encoding with special tokens puts EOS last. */
  public boolean addsEos() {
    return settings.addsEos;
  }

  /** Whether a generation ends when it yields this token. */
  public boolean isEndOfGeneration(int id) {
    return special.isEndOfGeneration(id);
  }

  /** Whether a token is for control and hidden from text. */
  public boolean isControl(int id) {
    requireToken(id);
    return vocabulary.isControlOrUnknown(id);
  }
}
