package io.firesteel.model.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Turns ids into text one by one. Text comes out as soon as its characters are complete; bytes that
 * can no longer become a character come out as U+FFFD. All parts together equal the decoding of all
 * ids at once. Belongs to one thread.
 */
public final class StreamingDecoder {

  private static final int LONGEST_CHARACTER = 4;

  private final Tokenizer tokenizer;
  private final boolean showSpecial;
  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** Bytes of a character that is not complete yet. */
  private byte[] pending = {};

  StreamingDecoder(Tokenizer tokenizer, boolean showSpecial) {
    this.tokenizer = tokenizer;
    this.showSpecial = showSpecial;
  }

  /**
   * Decodes one more token.
   *
   * @param id a token of the vocabulary
   * @return the text that is certain now and was not before; often empty within a character
   * @throws IndexOutOfBoundsException if the vocabulary has no such token
   */
  public String next(int id) {
    return decode(tokenizer.pieceBytes(id, showSpecial), false);
  }

  /**
   * Ends the text.
   *
   * @return U+FFFD for a character that has remained incomplete, otherwise nothing; the decoder may
   *     be used for another text afterwards
   */
  public String finish() {
    String rest = decode(new byte[0], true);
    decoder.reset();
    pending = new byte[0];
    return rest;
  }

  private String decode(byte[] piece, boolean last) {
    if (piece.length == 0 && !last) {
      return "";
    }
    byte[] bytes = Arrays.copyOf(pending, pending.length + piece.length);
    System.arraycopy(piece, 0, bytes, pending.length, piece.length);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length + LONGEST_CHARACTER);
    decoder.decode(in, out, last);
    if (last) {
      decoder.flush(out);
    }
    pending = Arrays.copyOfRange(bytes, in.position(), bytes.length);
    return out.flip().toString();
  }
}
