package io.firesteel.loader;

import io.firesteel.loader.MetadataValue.ArrayValue;
import io.firesteel.loader.MetadataValue.BoolValue;
import io.firesteel.loader.MetadataValue.FloatValue;
import io.firesteel.loader.MetadataValue.IntegerValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.loader.MetadataValue.StringValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/**
 * Keys and typed values of a GGUF file, in the file's order. Each kind of value has two accessors:
 * one that requires the key and one that takes a fallback for its absence. A value of the wrong
 * kind is an error in both; integers of any width count as integers.
 *
 * <p>Immutable and safe for use by several threads; stays usable after the file is closed.
 */
public final class Metadata {
  private final String file;
  private final SequencedMap<String, MetadataValue> values;

  private Metadata(String file, SequencedMap<String, MetadataValue> values) {
    this.file = file;
    this.values = Collections.unmodifiableSequencedMap(values);
  }

  /**
   * Metadata with the given values.
   *
   * @param file name for error messages
   * @param values keys and values, in the order in which they are to be written
   */
  public static Metadata of(String file, Map<String, ? extends MetadataValue> values) {
    return new Metadata(file, new LinkedHashMap<>(values));
  }

  /** These values and one more, which replaces the one with its key or goes to the end. */
  public Metadata with(String key, MetadataValue value) {
    SequencedMap<String, MetadataValue> changed = new LinkedHashMap<>(values);
    changed.put(key, value);
    return new Metadata(file, changed);
  }

  /** These values with a text among them. */
  public Metadata with(String key, String value) {
    return with(key, new StringValue(value));
  }

  /** These values without one. */
  public Metadata without(String key) {
    SequencedMap<String, MetadataValue> changed = new LinkedHashMap<>(values);
    changed.remove(key);
    return new Metadata(file, changed);
  }

  /** Name of the file that these values came from. */
  public String file() {
    return file;
  }

  /** All keys, in the file's order. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** All keys and values, in the file's order. */
  public SequencedMap<String, MetadataValue> values() {
    return values;
  }

  /** Whether there is a value with this key. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** The value with a key, if there is one. */
  public Optional<MetadataValue> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /**
   * A text.
   *
   * @throws GgufException if the key is missing or its value is no text
   */
  public String string(String key) {
    return required(key, "a string", StringValue.class).value();
  }

  /** A text, or {@code fallback} if the key is missing. */
  public String string(String key, String fallback) {
    return has(key) ? string(key) : fallback;
  }

  /**
   * An integer of any width.
   *
   * @throws GgufException if the key is missing, its value is no integer or exceeds 2^63-1
   */
  public long integer(String key) {
    IntegerValue found = required(key, "an integer", IntegerValue.class);
    if (found.type() == ValueType.UINT64 && found.value() < 0) {
      throw error(key, "found " + found + ", expected at most " + Long.MAX_VALUE);
    }
    return found.value();
  }

  /** An integer of any width, or {@code fallback} if the key is missing. */
  public long integer(String key, long fallback) {
    return has(key) ? integer(key) : fallback;
  }

  /**
   * An integer in a range, such as a number of layers.
   *
   * @param from the smallest value allowed
   * @param to the largest value allowed
   * @throws GgufException if the key is missing, its value is no integer or out of range
   */
  public int integerBetween(String key, int from, int to) {
    long value = integer(key);
    if (value < from || value > to) {
      throw error(key, "found " + value + ", expected " + from + " to " + to);
    }
    return (int) value;
  }

  /**
   * A number with a fraction; integers are taken as well.
   *
   * @throws GgufException if the key is missing or its value is no number
   */
  public double floating(String key) {
    return switch (required(key, "a number", MetadataValue.class)) {
      case FloatValue number -> number.value();
      case IntegerValue _ -> integer(key);
      case BoolValue other -> throw wrongKind(key, "a number", other);
      case StringValue other -> throw wrongKind(key, "a number", other);
      case ArrayValue other -> throw wrongKind(key, "a number", other);
    };
  }

  /** A number with a fraction, or {@code fallback} if the key is missing. */
  public double floating(String key, double fallback) {
    return has(key) ? floating(key) : fallback;
  }

  /**
   * True or false.
   *
   * @throws GgufException if the key is missing or its value is no boolean
   */
  public boolean bool(String key) {
    return required(key, "a boolean", BoolValue.class).value();
  }

  /** True or false, or {@code fallback} if the key is missing. */
  public boolean bool(String key, boolean fallback) {
    return has(key) ? bool(key) : fallback;
  }

  /**
   * An array of texts, as a view that decodes each text when it is asked for.
   *
   * @throws GgufException if the key is missing or its value is no array of texts
   */
  public List<String> strings(String key) {
    return stringArray(key).asList();
  }

  /** An array of texts, or {@code fallback} if the key is missing. */
  public List<String> strings(String key, List<String> fallback) {
    return has(key) ? strings(key) : fallback;
  }

  /**
   * An array of texts with access to their UTF-8.
   *
   * @throws GgufException if the key is missing or its value is no array of texts
   */
  public StringArray stringArray(String key) {
    return required(key, "an array of strings", StringArray.class);
  }

  /**
   * A copy of an array of integers or booleans of any width.
   *
   * @throws GgufException if the key is missing, its value is no such array, or an element does not
   *     fit in 32 bits
   */
  public int[] integers(String key) {
    NumberArray array = numberArray(key, "an array of integers");
    if (array.elementType().isFloating()) {
      throw wrongKind(key, "an array of integers", array);
    }
    int[] copy = new int[array.size()];
    for (int i = 0; i < copy.length; i++) {
      long value = array.integer(i);
      if (value != (int) value) {
        throw error(key + "[" + i + "]", "found " + value + ", expected a 32-bit integer");
      }
      copy[i] = (int) value;
    }
    return copy;
  }

  /** A copy of an array of integers, or {@code fallback} if the key is missing. */
  public int[] integers(String key, int[] fallback) {
    return has(key) ? integers(key) : fallback;
  }

  /**
   * A copy of an array of numbers as single-precision floats.
   *
   * @throws GgufException if the key is missing or its value is no array of numbers
   */
  public float[] floats(String key) {
    NumberArray array = numberArray(key, "an array of numbers");
    float[] copy = new float[array.size()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (float) array.floating(i);
    }
    return copy;
  }

  /** A copy of an array of numbers, or {@code fallback} if the key is missing. */
  public float[] floats(String key, float[] fallback) {
    return has(key) ? floats(key) : fallback;
  }

  /**
   * An error about one of these keys, for those who find its value unusable.
   *
   * @param problem what was found and what was expected
   */
  public GgufException error(String key, String problem) {
    return new GgufException(file, GgufException.NO_OFFSET, "metadata key " + key, problem);
  }

  private NumberArray numberArray(String key, String kind) {
    return required(key, kind, NumberArray.class);
  }

  private <T extends MetadataValue> T required(String key, String kind, Class<T> type) {
    MetadataValue value = values.get(key);
    if (value == null) {
      throw error(key, "is missing, expected " + kind);
    }
    if (!type.isInstance(value)) {
      throw wrongKind(key, kind, value);
    }
    return type.cast(value);
  }

  private GgufException wrongKind(String key, String kind, MetadataValue found) {
    String type =
        found instanceof ArrayValue array
            ? "an array of " + array.elementType()
            : found.type() + " " + abbreviated(found.toString());
    return error(key, "found " + type + ", expected " + kind);
  }

  private static String abbreviated(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Metadata that && values.equals(that.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return "metadata of " + file + " (" + values.size() + " keys)";
  }
}
