package io.firesteel.loader;

import io.firesteel.loader.MetadataValue.BoolValue;
import io.firesteel.loader.MetadataValue.FloatValue;
import io.firesteel.loader.MetadataValue.IntegerValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.loader.MetadataValue.StringValue;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Writes what stands before the tensor data: the counterpart of {@link HeaderParser}. */
final class HeaderWriter {
  private static final int VERSION = 3;
  private static final byte[] MAGIC = {'G', 'G', 'U', 'F'};

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private HeaderWriter() {}

  /**
   * The header without the padding that follows it.
   *
   * @param offsets where each tensor begins, relative to the start of the data
   */
  static byte[] write(Metadata metadata, List<TensorSpec> tensors, long[] offsets) {
    HeaderWriter writer = new HeaderWriter();
    writer.out.writeBytes(MAGIC);
    writer.number(VERSION, Integer.BYTES);
    writer.number(tensors.size(), Long.BYTES);
    writer.number(metadata.values().size(), Long.BYTES);
    metadata.values().forEach(writer::value);
    for (int i = 0; i < offsets.length; i++) {
      writer.tensor(tensors.get(i), offsets[i]);
    }
    return writer.out.toByteArray();
  }

  private void value(String key, MetadataValue value) {
    if (key.isEmpty() || key.length() > HeaderParser.MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "metadata key %s has %d characters, expected 1 to %d"
              .formatted(HeaderParser.quoted(key), key.length(), HeaderParser.MAX_NAME_BYTES));
    }
    text(Utf8.encode(key));
    number(value.type().id(), Integer.BYTES);
    switch (value) {
      case IntegerValue integer -> number(integer.value(), integer.type().bytes());
      case FloatValue number when number.type() == ValueType.FLOAT32 ->
          number(Float.floatToRawIntBits((float) number.value()), Float.BYTES);
      case FloatValue number -> number(Double.doubleToRawLongBits(number.value()), Double.BYTES);
      case BoolValue bool -> number(bool.value() ? 1 : 0, 1);
      case StringValue string -> text(Utf8.encode(string.value()));
      case StringArray texts -> {
        arrayHead(ValueType.STRING, texts.size());
        for (int i = 0; i < texts.size(); i++) {
          text(texts.utf8(i));
        }
      }
      case NumberArray numbers -> {
        arrayHead(numbers.elementType(), numbers.size());
        out.writeBytes(numbers.packedInPlace());
      }
    }
  }

  private void tensor(TensorSpec tensor, long offset) {
    text(Utf8.encode(tensor.name()));
    long[] shape = tensor.shape();
    number(shape.length, Integer.BYTES);
    for (long dimension : shape) {
      number(dimension, Long.BYTES);
    }
    number(tensor.type().id(), Integer.BYTES);
    number(offset, Long.BYTES);
  }

  private void arrayHead(ValueType type, int count) {
    number(type.id(), Integer.BYTES);
    number(count, Long.BYTES);
  }

  private void text(byte[] utf8) {
    number(utf8.length, Long.BYTES);
    out.writeBytes(utf8);
  }

  private void number(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> (8 * i)));
    }
  }
}
