package io.firesteel.ptx.kernel;

/**
 * What a kernel may use, as its head states it; checked on every assembled kernel.
 *
 * @param registers registers of a thread, at most
 * @param sharedBytes statically allocated shared memory of a CTA, at most
 */
public record Limits(int registers, int sharedBytes) {
  /** Static shared memory that every architecture offers. */
  public static final int STATIC_SHARED_BYTES = 48 * 1024;
}
