package io.firesteel.ptx.kernel;

/**
 * What a kernel may use, as its head states it; checked on every assembled kernel.
 *
 * @param registers registers of a thread, at most
 * @param sharedBytes statically allocated shared memory of a CTA, at most
 * @param dynamicBytes shared memory of a CTA that is allocated at launch, exactly
 */
public record Limits(int registers, int sharedBytes, int dynamicBytes) {
  /** Static shared memory that every architecture offers. */
  public static final int STATIC_SHARED_BYTES = 48 * 1024;
}
