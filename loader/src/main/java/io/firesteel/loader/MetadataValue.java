package io.firesteel.loader;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * A metadata value as the file has it. Scalars are records; arrays keep their elements packed as in
 * the file, so that a vocabulary of 150,000 tokens is two Java arrays and not 150,000 objects.
 */
public sealed interface MetadataValue {
  /** Its type in the file; {@link ValueType#ARRAY} for arrays. */
  ValueType type();

  /**
   * An integer of any width.
   *
   * @param type one of the integer types
   * @param value its value; UINT64 values above 2^63-1 appear negative
   */
  record IntegerValue(ValueType type, long value) implements MetadataValue {
    /** Checks the type. */
    public IntegerValue {
      if (!type.isInteger()) {
        throw new IllegalArgumentException(type + " is not an integer type");
      }
    }

    @Override
    public String toString() {
      return type == ValueType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
  }

  /**
   * A floating-point number.
   *
   * @param type FLOAT32 or FLOAT64
   * @param value its value
   */
  record FloatValue(ValueType type, double value) implements MetadataValue {
    /** Checks the type. */
    public FloatValue {
      if (!type.isFloating()) {
        throw new IllegalArgumentException(type + " is not a floating-point type");
      }
    }

    @Override
    public String toString() {
      return type == ValueType.FLOAT32 ? Float.toString((float) value) : Double.toString(value);
    }
  }

  /** True or false. */
  record BoolValue(boolean value) implements MetadataValue {
    @Override
    public ValueType type() {
      return ValueType.BOOL;
    }

    @Override
    public String toString() {
      return Boolean.toString(value);
    }
  }

  /** Text. */
  record StringValue(String value) implements MetadataValue {
    /** Checks that there is a text. */
    public StringValue {
      Objects.requireNonNull(value, "value");
    }

    @Override
    public ValueType type() {
      return ValueType.STRING;
    }

    @Override
    public String toString() {
      return value;
    }
  }

  /** An array of one element type. */
  sealed interface ArrayValue extends MetadataValue permits StringArray, NumberArray {
    @Override
    default ValueType type() {
      return ValueType.ARRAY;
    }

    /** Type of the elements. */
    ValueType elementType();

    /** Number of elements. */
    int size();

    /** An element as a scalar value. */
    MetadataValue element(int index);
  }

  /** An array of texts: their UTF-8 in one piece, and where each one begins. */
  final class StringArray implements ArrayValue {
    private final byte[] utf8;
    private final int[] starts;

    /** Takes ownership of both; {@code starts} has one more entry than there are texts. */
    StringArray(byte[] utf8, int[] starts) {
      this.utf8 = utf8;
      this.starts = starts;
    }

    /** An array with the given texts. */
    public static StringArray of(List<String> texts) {
      int[] starts = new int[texts.size() + 1];
      byte[][] pieces = new byte[texts.size()][];
      for (int i = 0; i < pieces.length; i++) {
        pieces[i] = Utf8.encode(texts.get(i));
        starts[i + 1] = Math.addExact(starts[i], pieces[i].length);
      }
      byte[] utf8 = new byte[starts[pieces.length]];
      for (int i = 0; i < pieces.length; i++) {
        System.arraycopy(pieces[i], 0, utf8, starts[i], pieces[i].length);
      }
      return new StringArray(utf8, starts);
    }

    @Override
    public ValueType elementType() {
      return ValueType.STRING;
    }

    @Override
    public int size() {
      return starts.length - 1;
    }

    /** The text at an index, decoded anew at each call. */
    public String get(int index) {
      Objects.checkIndex(index, size());
      return new String(
          utf8, starts[index], starts[index + 1] - starts[index], StandardCharsets.UTF_8);
    }

    /** The UTF-8 of the text at an index. */
    public byte[] utf8(int index) {
      Objects.checkIndex(index, size());
      return Arrays.copyOfRange(utf8, starts[index], starts[index + 1]);
    }

    @Override
    public MetadataValue element(int index) {
      return new StringValue(get(index));
    }

    /** A view of the texts as a list; each one is decoded when it is asked for. */
    public List<String> asList() {
      return new Texts(this);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof StringArray that
          && Arrays.equals(starts, that.starts)
          && Arrays.equals(utf8, that.utf8);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(starts) + Arrays.hashCode(utf8);
    }

    @Override
    public String toString() {
      return ArrayText.of(this);
    }

    private static final class Texts extends AbstractList<String> implements RandomAccess {
      private final StringArray array;

      Texts(StringArray array) {
        this.array = array;
      }

      @Override
      public String get(int index) {
        return array.get(index);
      }

      @Override
      public int size() {
        return array.size();
      }
    }
  }

  /** An array of integers, floating-point numbers or booleans, packed as in the file. */
  final class NumberArray implements ArrayValue {
    private final ValueType elementType;
    private final byte[] packed;

    /** Takes ownership of little-endian elements without padding. */
    NumberArray(ValueType elementType, byte[] packed) {
      if (elementType.bytes() == 0) {
        throw new IllegalArgumentException(elementType + " elements have no fixed size");
      }
      this.elementType = elementType;
      this.packed = packed;
    }

    /** An INT32 array. */
    public static NumberArray of(int... values) {
      byte[] packed = new byte[Math.multiplyExact(values.length, Integer.BYTES)];
      for (int i = 0; i < values.length; i++) {
        LittleEndian.putInt(packed, i * Integer.BYTES, values[i]);
      }
      return new NumberArray(ValueType.INT32, packed);
    }

    /** An INT64 array. */
    public static NumberArray of(long... values) {
      byte[] packed = new byte[Math.multiplyExact(values.length, Long.BYTES)];
      for (int i = 0; i < values.length; i++) {
        LittleEndian.putLong(packed, i * Long.BYTES, values[i]);
      }
      return new NumberArray(ValueType.INT64, packed);
    }

    /** A FLOAT32 array. */
    public static NumberArray of(float... values) {
      byte[] packed = new byte[Math.multiplyExact(values.length, Float.BYTES)];
      for (int i = 0; i < values.length; i++) {
        LittleEndian.putInt(packed, i * Float.BYTES, Float.floatToRawIntBits(values[i]));
      }
      return new NumberArray(ValueType.FLOAT32, packed);
    }

    /**
     * An array of any fixed-size type.
     *
     * @param packed little-endian elements without padding
     */
    public static NumberArray ofPacked(ValueType elementType, byte[] packed) {
      NumberArray array = new NumberArray(elementType, packed.clone());
      if (packed.length % elementType.bytes() != 0) {
        throw new IllegalArgumentException(
            packed.length + " bytes are no whole number of " + elementType + " elements");
      }
      return array;
    }

    @Override
    public ValueType elementType() {
      return elementType;
    }

    @Override
    public int size() {
      return packed.length / elementType.bytes();
    }

    /** A copy of the elements, little-endian without padding. */
    public byte[] packed() {
      return packed.clone();
    }

    /** The bytes themselves, not to be changed. */
    byte[] packedInPlace() {
      return packed;
    }

    /**
     * An integer or boolean element.
     *
     * @throws IllegalStateException if the elements are floating-point numbers
     */
    public long integer(int index) {
      int at = Objects.checkIndex(index, size()) * elementType.bytes();
      return switch (elementType) {
        case UINT8, BOOL -> packed[at] & 0xFF;
        case INT8 -> packed[at];
        case UINT16 -> LittleEndian.getShort(packed, at) & 0xFFFF;
        case INT16 -> LittleEndian.getShort(packed, at);
        case UINT32 -> LittleEndian.getInt(packed, at) & 0xFFFF_FFFFL;
        case INT32 -> LittleEndian.getInt(packed, at);
        case UINT64, INT64 -> LittleEndian.getLong(packed, at);
        case FLOAT32, FLOAT64, STRING, ARRAY ->
            throw new IllegalStateException(elementType + " elements are no integers");
      };
    }

    /** An element of any type as a floating-point number. */
    public double floating(int index) {
      int at = Objects.checkIndex(index, size()) * elementType.bytes();
      return switch (elementType) {
        case FLOAT32 -> Float.intBitsToFloat(LittleEndian.getInt(packed, at));
        case FLOAT64 -> Double.longBitsToDouble(LittleEndian.getLong(packed, at));
        case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64, BOOL, STRING, ARRAY ->
            integer(index);
      };
    }

    @Override
    public MetadataValue element(int index) {
      if (elementType == ValueType.BOOL) {
        return new BoolValue(integer(index) != 0);
      }
      return elementType.isFloating()
          ? new FloatValue(elementType, floating(index))
          : new IntegerValue(elementType, integer(index));
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof NumberArray that
          && elementType == that.elementType
          && Arrays.equals(packed, that.packed);
    }

    @Override
    public int hashCode() {
      return 31 * elementType.hashCode() + Arrays.hashCode(packed);
    }

    @Override
    public String toString() {
      return ArrayText.of(this);
    }
  }
}
