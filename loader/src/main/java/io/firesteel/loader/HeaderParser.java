package io.firesteel.loader;

import io.firesteel.loader.GgufHeader.Entry;
import io.firesteel.loader.MetadataValue.BoolValue;
import io.firesteel.loader.MetadataValue.FloatValue;
import io.firesteel.loader.MetadataValue.IntegerValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.loader.MetadataValue.StringValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Parses what stands before the tensor data and believes none of it: counts and lengths are held
 * against the size of the file, tensors must be aligned, inside the file and apart from each other.
 */
final class HeaderParser {
  static final String ALIGNMENT_KEY = "general.alignment";
  static final long DEFAULT_ALIGNMENT = 32;
  static final int MAX_DIMENSIONS = 4;
  static final int MAX_NAME_BYTES = 65_535;

  private static final long LEAST_VALUE_BYTES = 8 + 4 + 1;
  private static final long LEAST_TENSOR_BYTES = 8 + 4 + 8 + 4 + 8;
  private static final long LARGEST_ALIGNMENT = 1L << 30;

  private final HeaderReader in;

  private HeaderParser(HeaderReader in) {
    this.in = in;
  }

  static GgufHeader parse(String file, ByteSource source) {
    return new HeaderParser(new HeaderReader(file, source)).parse();
  }

  private GgufHeader parse() {
    FileSignature.requireGguf(in);
    in.i32("magic");
    int version = version();
    long tensorCountAt = in.position();
    int tensorCount = in.count("tensor count", LEAST_TENSOR_BYTES);
    int valueCount = in.count("metadata count", LEAST_VALUE_BYTES);
    if (tensorCount > in.left() / LEAST_TENSOR_BYTES) {
      throw in.error(
          tensorCountAt,
          "tensor count",
          "found %d, expected at most %d".formatted(tensorCount, in.left() / LEAST_TENSOR_BYTES));
    }
    Metadata metadata = metadata(valueCount);
    long alignment = alignment(metadata);
    List<Entry> relative = directory(tensorCount, alignment);
    long dataStart = roundUp(in.position(), alignment);
    List<Entry> tensors = place(relative, dataStart);
    return new GgufHeader(in.file(), version, alignment, metadata, tensors, dataStart, in.size());
  }

  private int version() {
    long start = in.position();
    int version = in.i32("version");
    int swapped = Integer.reverseBytes(version);
    if (swapped > 0 && swapped <= 3) {
      throw in.error(
          start,
          "version",
          "this is a big-endian GGUF file (version %d), expected a little-endian one: convert it"
                  .formatted(swapped)
              + " with gguf_convert_endian.py of llama.cpp");
    }
    if (version != 2 && version != 3) {
      throw in.error(
          start,
          "version",
          "found %s, expected 2 or 3%s"
              .formatted(
                  Integer.toUnsignedString(version),
                  version == 1 ? ": convert the model again with a current llama.cpp" : ""));
    }
    return version;
  }

  private Metadata metadata(int count) {
    Map<String, MetadataValue> values = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      long start = in.position();
      String key = name("metadata key " + i);
      MetadataValue value = value(key);
      if (values.put(key, value) != null) {
        throw in.error(start, "metadata key " + i, "found " + quoted(key) + " a second time");
      }
    }
    return Metadata.of(in.file(), values);
  }

  private String name(String field) {
    long start = in.position();
    String name = in.string(field);
    if (name.isEmpty() || in.position() - start - Long.BYTES > MAX_NAME_BYTES) {
      throw in.error(
          start,
          "length of " + field,
          "found %d, expected 1 to %d"
              .formatted(in.position() - start - Long.BYTES, MAX_NAME_BYTES));
    }
    return name;
  }

  private MetadataValue value(String key) {
    String field = "value of " + quoted(key);
    ValueType type = valueType("type of " + quoted(key));
    return switch (type) {
      case UINT8 -> new IntegerValue(type, in.u8(field));
      case INT8 -> new IntegerValue(type, (byte) in.u8(field));
      case UINT16 -> new IntegerValue(type, in.i16(field) & 0xFFFF);
      case INT16 -> new IntegerValue(type, in.i16(field));
      case UINT32 -> new IntegerValue(type, in.u32(field));
      case INT32 -> new IntegerValue(type, in.i32(field));
      case UINT64, INT64 -> new IntegerValue(type, in.i64(field));
      case FLOAT32 -> new FloatValue(type, Float.intBitsToFloat(in.i32(field)));
      case FLOAT64 -> new FloatValue(type, Double.longBitsToDouble(in.i64(field)));
      case BOOL -> new BoolValue(bool(field));
      case STRING -> new StringValue(in.string(field));
      case ARRAY -> array(key);
    };
  }

  private ValueType valueType(String field) {
    long start = in.position();
    long id = in.u32(field);
    return ValueType.ofId(id)
        .orElseThrow(() -> in.error(start, field, "found " + id + ", expected 0 to 12"));
  }

  private boolean bool(String field) {
    long start = in.position();
    int value = in.u8(field);
    if (value > 1) {
      throw in.error(start, field, "found " + value + ", expected 0 or 1");
    }
    return value == 1;
  }

  private MetadataValue array(String key) {
    String typeField = "element type of " + quoted(key);
    long start = in.position();
    ValueType type = valueType(typeField);
    if (type == ValueType.ARRAY) {
      throw in.error(
          start, typeField, "found an array of arrays, expected elements of another type");
    }
    String countField = "element count of " + quoted(key);
    if (type == ValueType.STRING) {
      return stringArray(key, in.count(countField, Long.BYTES));
    }
    long countAt = in.position();
    int count = in.count(countField, type.bytes());
    long bytes = (long) count * type.bytes();
    if (bytes > Integer.MAX_VALUE - 8) {
      throw in.error(
          countAt,
          countField,
          "found %d, expected at most %d".formatted(count, (Integer.MAX_VALUE - 8) / type.bytes()));
    }
    long at = in.position();
    byte[] packed = in.bytes((int) bytes, "elements of " + quoted(key));
    if (type == ValueType.BOOL) {
      requireBooleans(packed, at, key);
    }
    return new NumberArray(type, packed);
  }

  private void requireBooleans(byte[] packed, long start, String key) {
    for (int i = 0; i < packed.length; i++) {
      if ((packed[i] & 0xFE) != 0) {
        throw in.error(
            start + i,
            "element %d of %s".formatted(i, quoted(key)),
            "found " + (packed[i] & 0xFF) + ", expected 0 or 1");
      }
    }
  }

  private StringArray stringArray(String key, int count) {
    String lengthField = "length of an element of " + quoted(key);
    String field = "element of " + quoted(key);
    int[] starts = new int[count + 1];
    byte[] utf8 = new byte[Math.min(count, 1 << 16)];
    for (int i = 0; i < count; i++) {
      long start = in.position();
      int length = in.count(lengthField, 1);
      long end = (long) starts[i] + length;
      if (end > Integer.MAX_VALUE - 8) {
        throw in.error(start, field, "the array's texts exceed 2 GB, expected less");
      }
      if (end > utf8.length) {
        utf8 =
            Arrays.copyOf(
                utf8, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(end, 2 * (long) utf8.length)));
      }
      in.bytes(utf8, starts[i], length, field);
      requireUtf8(utf8, starts[i], length, start + Long.BYTES, field);
      starts[i + 1] = (int) end;
    }
    return new StringArray(Arrays.copyOf(utf8, starts[count]), starts);
  }

  private void requireUtf8(byte[] bytes, int at, int length, long start, String field) {
    for (int i = at; i < at + length; i++) {
      if (bytes[i] < 0) {
        in.decode(bytes, at, length, start, field);
        return;
      }
    }
  }

  static long alignment(Metadata metadata) {
    long alignment = metadata.integer(ALIGNMENT_KEY, DEFAULT_ALIGNMENT);
    if (alignment < 1 || alignment > LARGEST_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw metadata.error(
          ALIGNMENT_KEY, "found " + alignment + ", expected a power of two up to 2^30");
    }
    return alignment;
  }

  /** The directory with offsets as the file has them, relative to the start of the data. */
  private List<Entry> directory(int count, long alignment) {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      long start = in.position();
      String name = name("name of tensor " + i);
      if (!names.add(name)) {
        throw in.error(start, "name of tensor " + i, "found " + quoted(name) + " a second time");
      }
      entries.add(entry(name, alignment));
    }
    return entries;
  }

  private Entry entry(String name, long alignment) {
    long shapeAt = in.position();
    long[] shape = shape(name);
    long elements = elements(shape, shapeAt, name);
    TensorType type = tensorType(name);
    if (shape[0] % type.blockSize() != 0) {
      throw in.error(
          shapeAt + Integer.BYTES,
          "dimension 0 of tensor " + quoted(name),
          "found %d, expected a multiple of %d, the block size of %s"
              .formatted(shape[0], type.blockSize(), type));
    }
    long bytes;
    try {
      bytes = type.bytes(elements);
    } catch (ArithmeticException e) {
      throw tooLarge(shapeAt, name, shape);
    }
    String field = "offset of tensor " + quoted(name);
    long offsetAt = in.position();
    long offset = in.i64(field);
    if (offset < 0 || offset > in.size() || offset % alignment != 0) {
      throw in.error(
          offsetAt,
          field,
          "found %s, expected a multiple of %d up to %d"
              .formatted(Long.toUnsignedString(offset), alignment, in.size()));
    }
    return new Entry(name, type, shape, offset, bytes);
  }

  private long[] shape(String name) {
    String field = "number of dimensions of tensor " + quoted(name);
    long start = in.position();
    long count = in.u32(field);
    if (count < 1 || count > MAX_DIMENSIONS) {
      throw in.error(start, field, "found " + count + ", expected 1 to " + MAX_DIMENSIONS);
    }
    long[] shape = new long[(int) count];
    for (int i = 0; i < shape.length; i++) {
      String dimension = "dimension " + i + " of tensor " + quoted(name);
      long at = in.position();
      shape[i] = in.i64(dimension);
      if (shape[i] < 1) {
        throw in.error(
            at,
            dimension,
            "found %s, expected 1 to %d"
                .formatted(Long.toUnsignedString(shape[i]), Long.MAX_VALUE));
      }
    }
    return shape;
  }

  private long elements(long[] shape, long shapeAt, String name) {
    long product = 1;
    for (long dimension : shape) {
      if (Math.multiplyHigh(product, dimension) != 0 || product * dimension < 0) {
        throw tooLarge(shapeAt, name, shape);
      }
      product *= dimension;
    }
    return product;
  }

  private GgufException tooLarge(long shapeAt, String name, long[] shape) {
    return in.error(
        shapeAt,
        "dimensions of tensor " + quoted(name),
        "found " + Arrays.toString(shape) + ", expected a size below 2^63");
  }

  private TensorType tensorType(String name) {
    String field = "type of tensor " + quoted(name);
    long start = in.position();
    long id = in.u32(field);
    return TensorType.ofId(id)
        .orElseThrow(() -> in.error(start, field, FileSignature.unknownType(id)));
  }

  /** Turns offsets into positions in the file and checks that the tensors lie in it, apart. */
  private List<Entry> place(List<Entry> relative, long dataStart) {
    List<Entry> placed = new ArrayList<>(relative.size());
    for (Entry entry : relative) {
      long room = in.size() - dataStart - entry.offset();
      if (entry.bytes() > room) {
        throw in.error(
            dataStart + entry.offset(),
            "data of tensor " + quoted(entry.name()),
            "the file has %d bytes for it, expected %d: it is incomplete, fetch it again"
                .formatted(Math.max(0, room), entry.bytes()));
      }
      placed.add(
          new Entry(
              entry.name(),
              entry.type(),
              entry.shape(),
              dataStart + entry.offset(),
              entry.bytes()));
    }
    requireApart(placed);
    return List.copyOf(placed);
  }

  private void requireApart(List<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::offset));
    for (int i = 1; i < sorted.size(); i++) {
      Entry before = sorted.get(i - 1);
      Entry entry = sorted.get(i);
      if (before.offset() + before.bytes() > entry.offset()) {
        throw in.error(
            entry.offset(),
            "data of tensor " + quoted(entry.name()),
            "overlap those of %s, expected a start at or after %d"
                .formatted(quoted(before.name()), before.offset() + before.bytes()));
      }
    }
  }

  static long roundUp(long position, long alignment) {
    return (position + alignment - 1) & -alignment;
  }

  /** A name from the file, short and without control characters, so that it cannot garble a log. */
  static String quoted(String name) {
    StringBuilder text = new StringBuilder("'");
    name.codePoints()
        .limit(80)
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .forEach(text::appendCodePoint);
    return text.append(name.codePointCount(0, name.length()) > 80 ? "...'" : "'").toString();
  }
}
