package io.firesteel.model.sampling;

/**
 * The chance that belongs to one sampled token: it depends on the seed and on how many tokens the
 * sequence has drawn before, and on nothing else. So it needs no state that could be lost, copied
 * wrongly or advanced twice.
 *
 * <p>Philox4x32-10 with the seed as key (low word first) and the counter {@code (draw low, draw
 * high, 0, 0)} gives the words {@code w0…w3}. {@code token} is {@code ((w0 << 21) | (w1 >>> 11)) *
 * 2^-53}, {@code xtc} is the same of {@code w2} and {@code w3}.
 *
 * @param token decides which token is drawn, in [0, 1)
 * @param xtc decides whether {@link Xtc} acts, in [0, 1)
 */
public record Draw(double token, double xtc) {
  /** The chance of a sequence's draw number {@code draw}, counted from 0. */
  public static Draw of(long seed, long draw) {
    int[] words = {(int) draw, (int) (draw >>> 32), 0, 0};
    Philox.encrypt(words, (int) seed, (int) (seed >>> 32));
    return new Draw(uniform(words[0], words[1]), uniform(words[2], words[3]));
  }

  private static double uniform(int high, int low) {
    return (Integer.toUnsignedLong(high) << 21 | low >>> 11) * 0x1p-53;
  }
}
