package io.firesteel.loader;

import java.util.List;

/**
 * What stands before the data of one file.
 *
 * @param file name of the file
 * @param version 2 or 3
 * @param alignment multiple at which each tensor's data begin, in bytes
 * @param metadata keys and values
 * @param tensors directory, in the file's order
 * @param dataStart byte at which tensor data begin
 * @param fileSize bytes of the whole file
 */
record GgufHeader(
    String file,
    int version,
    long alignment,
    Metadata metadata,
    List<Entry> tensors,
    long dataStart,
    long fileSize) {

  /**
   * A line of the tensor directory.
   *
   * @param name the tensor's name
   * @param type block format
   * @param shape dimensions, innermost first
   * @param offset first byte of its data, from the start of the file
   * @param bytes size of its data
   */
  @SuppressWarnings("ArrayRecordComponent") // internal; handed to Tensor, which copies
  record Entry(String name, TensorType type, long[] shape, long offset, long bytes) {}
}
