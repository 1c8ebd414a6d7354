package io.firesteel.model.tokenizer;

import io.firesteel.loader.Metadata;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.model.tokenizer.pre.ClassifiedText;
import io.firesteel.model.tokenizer.pre.PreTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Byte-level byte-pair encoding (Sennrich et al. 2016, Radford et al. 2019): text is cut into words
 * by the pre-tokeniser; inside each word merges of the file's list run, the earliest listed first.
 *
 * <p>Symbols are numbered apart from tokens: 0 to 255 are the bytes; then come tokens and what
 * merges mention besides.
 */
final class BytePairEncoder implements Encoder {

  private static final String MERGES = "tokenizer.ggml.merges";
  private static final int NO_TOKEN = -1;
  private static final byte UNTRIED = 0;
  private static final byte WHOLE = 1;
  private static final byte IN_PIECES = 2;

  private final PreTokenizer preTokenizer;
  private final ByteStrings symbols;
  private final int[] tokens;
  private final long[] byteMerges;
  private final PairTable merges;

  /**
   * Whether merging the bytes of a symbol gives that symbol alone, as found out so far. Threads
   * race to write the same value.
   */
  private final byte[] mergesToItself;

  private BytePairEncoder(
      PreTokenizer preTokenizer,
      ByteStrings symbols,
      int[] tokens,
      long[] byteMerges,
      PairTable merges) {
    this.preTokenizer = preTokenizer;
    this.symbols = symbols;
    this.tokens = tokens;
    this.byteMerges = byteMerges;
    this.merges = merges;
    this.mergesToItself = new byte[symbols.size()];
    if (preTokenizer.defaults().ignoresMerges()) {
      Arrays.fill(mergesToItself, WHOLE);
    }
  }

  static BytePairEncoder read(Metadata metadata, Vocabulary vocabulary, PreTokenizer preTokenizer) {
    return new Builder(metadata, vocabulary).build(preTokenizer);
  }

  @Override
  public void encode(byte[] utf8, int from, int to, boolean afterSpecial, IntList ids) {
    byte[] repaired = Utf8.repair(utf8, from, to);
    byte[] bytes = repaired == null ? utf8 : repaired;
    ClassifiedText text =
        repaired == null
            ? ClassifiedText.of(bytes, from, to)
            : ClassifiedText.of(bytes, 0, bytes.length);
    WordMerger merger = new WordMerger();
    preTokenizer.split(text, (start, end) -> encodeWord(bytes, start, end, merger, ids));
  }

  private void encodeWord(byte[] bytes, int from, int to, WordMerger merger, IntList ids) {
    int word = symbols.find(bytes, from, to);
    boolean isToken = word != ByteStrings.ABSENT && tokens[word] != NO_TOKEN;
    if (isToken && mergesToItself[word] == WHOLE) {
      ids.add(tokens[word]);
      return;
    }
    merger.merge(bytes, from, to);
    if (isToken && mergesToItself[word] == UNTRIED) {
      boolean whole = merger.count == 1 && merger.symbols[0] == word;
      mergesToItself[word] = whole ? WHOLE : IN_PIECES;
    }
    for (int i = 0; i < merger.count; i++) {
      emit(merger.symbols[i], bytes, merger.starts[i], merger.starts[i + 1], ids);
    }
  }

  /**
   * A symbol without a token falls back to tokens of its bytes. Only bytes that are spelled as
   * ASCII can have one by themselves; others are dropped, as a vocabulary that lacks them means it.
   */
  private void emit(int symbol, byte[] bytes, int from, int to, IntList ids) {
    if (tokens[symbol] != NO_TOKEN) {
      ids.add(tokens[symbol]);
      return;
    }
    for (int i = from; i < to; i++) {
      int token = tokens[bytes[i] & 0xFF];
      if (token != NO_TOKEN && ByteAlphabet.isSpelledAsAscii(bytes[i])) {
        ids.add(token);
      }
    }
  }

  private final class WordMerger extends Merger {
    void merge(byte[] bytes, int from, int to) {
      clear();
      for (int i = from; i < to; i++) {
        add(bytes[i] & 0xFF, i);
      }
      run(to);
    }

    @Override
    long merge(int left, int leftStart, int right, int rightEnd) {
      return (left | right) < 256 ? byteMerges[left << 8 | right] : merges.get(left, right, NONE);
    }
  }

  private static final class Builder {
    private final Metadata metadata;
    private final Vocabulary vocabulary;
    private final ByteStrings symbols;
    private byte[] scratch = new byte[256];

    Builder(Metadata metadata, Vocabulary vocabulary) {
      this.metadata = metadata;
      this.vocabulary = vocabulary;
      this.symbols = new ByteStrings(256 + vocabulary.size(), 8 * vocabulary.size());
    }

    BytePairEncoder build(PreTokenizer preTokenizer) {
      for (int b = 0; b < 256; b++) {
        symbols.intern(new byte[] {(byte) b}, 0, 1);
      }
      int[] tokens = tokenSymbols();
      StringArray list = metadata.stringArray(MERGES);
      long[] byteMerges = new long[256 * 256];
      Arrays.fill(byteMerges, Merger.NONE);
      PairTable merges = new PairTable(list.size());
      for (int rank = 0; rank < list.size(); rank++) {
        addMerge(rank, list.utf8(rank), byteMerges, merges);
      }
      int known = tokens.length;
      tokens = Arrays.copyOf(tokens, symbols.size());
      Arrays.fill(tokens, known, tokens.length, NO_TOKEN);
      return new BytePairEncoder(preTokenizer, symbols, tokens, byteMerges, merges);
    }

    /** Numbers the tokens that spell bytes and returns the token of each symbol. */
    private int[] tokenSymbols() {
      int[] tokens = new int[256 + vocabulary.size()];
      Arrays.fill(tokens, NO_TOKEN);
      for (int id = 0; id < vocabulary.size(); id++) {
        byte[] text = vocabulary.text(id);
        int symbol = symbol(text, 0, text.length);
        if (symbol != ByteStrings.ABSENT) {
          tokens[symbol] = id;
        }
      }
      return Arrays.copyOf(tokens, symbols.size());
    }

    private void addMerge(int rank, byte[] merge, long[] byteMerges, PairTable merges) {
      int blank = 1;
      while (blank < merge.length && merge[blank] != ' ') {
        blank++;
      }
      if (blank + 1 >= merge.length) {
        throw metadata.error(
            MERGES + "[" + rank + "]",
            "found '"
                + new String(merge, StandardCharsets.UTF_8)
                + "', expected two symbols with a blank between them");
      }
      int left = symbol(merge, 0, blank);
      int right = symbol(merge, blank + 1, merge.length);
      if (left == ByteStrings.ABSENT || right == ByteStrings.ABSENT) {
        return; // spells no bytes, so no text leads to it
      }
      long value = Merger.merge(rank, merged(merge, blank));
      if ((left | right) < 256) {
        int pair = left << 8 | right;
        byteMerges[pair] = Math.min(byteMerges[pair], value);
      } else {
        merges.putIfAbsent(left, right, value);
      }
    }

    private int merged(byte[] merge, int blank) {
      byte[] joined = new byte[merge.length - 1];
      System.arraycopy(merge, 0, joined, 0, blank);
      System.arraycopy(merge, blank + 1, joined, blank, merge.length - blank - 1);
      return symbol(joined, 0, joined.length);
    }

    private int symbol(byte[] utf8, int from, int to) {
      if (scratch.length < to - from) {
        scratch = new byte[to - from];
      }
      int length = ByteAlphabet.decode(utf8, from, to, scratch);
      return length < 0 ? ByteStrings.ABSENT : symbols.intern(scratch, 0, length);
    }
  }
}
