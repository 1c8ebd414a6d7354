package io.firesteel.loader;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages files in the ways that files are damaged, by accident and on purpose. */
final class Mutator {
  private static final long[] TELLING = {
    0,
    1,
    2,
    3,
    4,
    31,
    32,
    33,
    64,
    255,
    256,
    257,
    65_535,
    65_536,
    Integer.MAX_VALUE,
    1L << 31,
    (1L << 32) - 1,
    1L << 32,
    1L << 60,
    1L << 61,
    1L << 62,
    Long.MAX_VALUE,
    Long.MAX_VALUE - 7,
    Long.MIN_VALUE,
    -1,
    -2,
    -32
  };

  private final SplittableRandom random;
  private final List<byte[]> seeds;

  Mutator(List<byte[]> seeds, long seed) {
    this.seeds = seeds;
    this.random = new SplittableRandom(seed);
  }

  /** A seed with one to five mutations, every other time with just one. */
  byte[] next() {
    byte[] image = seed().clone();
    int mutations = random.nextBoolean() ? 1 : 2 + random.nextInt(4);
    for (int i = 0; i < mutations; i++) {
      image = mutate(image);
    }
    return image;
  }

  private byte[] seed() {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] mutate(byte[] image) {
    if (image.length < 16) {
      return image;
    }
    return switch (random.nextInt(8)) {
      case 0 -> flipBit(image);
      case 1 -> setByte(image);
      case 2 -> setNumber(image, 8);
      case 3 -> setNumber(image, 4);
      case 4 -> Arrays.copyOf(image, random.nextInt(image.length));
      case 5 -> remove(image);
      case 6 -> insert(image);
      default -> overwrite(image);
    };
  }

  /** Somewhere in the file, mostly near its beginning, where the structure is. */
  private int place(byte[] image, int room) {
    int bound = image.length - room;
    return random.nextInt(4) == 0 ? random.nextInt(bound) : random.nextInt(Math.min(bound, 600));
  }

  private byte[] flipBit(byte[] image) {
    image[place(image, 1)] ^= (byte) (1 << random.nextInt(8));
    return image;
  }

  private byte[] setByte(byte[] image) {
    image[place(image, 1)] = (byte) random.nextInt();
    return image;
  }

  private byte[] setNumber(byte[] image, int bytes) {
    long value =
        switch (random.nextInt(3)) {
          case 0 -> TELLING[random.nextInt(TELLING.length)];
          case 1 -> random.nextInt(2 * image.length);
          default -> random.nextLong();
        };
    int at = place(image, bytes);
    for (int i = 0; i < bytes; i++) {
      image[at + i] = (byte) (value >>> (8 * i));
    }
    return image;
  }

  private byte[] remove(byte[] image) {
    int at = place(image, 9);
    int count = 1 + random.nextInt(8);
    byte[] shorter = new byte[image.length - count];
    System.arraycopy(image, 0, shorter, 0, at);
    System.arraycopy(image, at + count, shorter, at, shorter.length - at);
    return shorter;
  }

  private byte[] insert(byte[] image) {
    int at = place(image, 1);
    int count = 1 + random.nextInt(16);
    byte[] longer = Arrays.copyOf(image, image.length + count);
    System.arraycopy(image, at, longer, at + count, image.length - at);
    return longer;
  }

  private byte[] overwrite(byte[] image) {
    byte[] other = seed();
    int count = Math.min(1 + random.nextInt(64), Math.min(other.length, image.length - 1));
    int from = random.nextInt(other.length - count + 1);
    System.arraycopy(other, from, image, place(image, count), count);
    return image;
  }
}
