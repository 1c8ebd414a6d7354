package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Metadata;
import io.firesteel.loader.MetadataValue;
import io.firesteel.loader.MetadataValue.BoolValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.loader.MetadataValue.StringValue;
import io.firesteel.loader.ValueType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Vocabularies for tests: small ones made here and large ones found beside the checkout. */
final class Vocabularies {

  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;
  static final int BYTE = 6;

  private Vocabularies() {}

  /** A folder of {@code ../shared}, looked for from the working directory upwards. */
  static Optional<Path> shared(String folder) {
    return Stream.iterate(Path.of("").toAbsolutePath(), path -> path != null, Path::getParent)
        .map(path -> path.resolve("shared").resolve(folder))
        .filter(Files::isDirectory)
        .findFirst();
  }

  /** The shared Qwen2 vocabulary; the test is skipped where it is not. */
  static Path qwen2() {
    Optional<Path> folder = shared("vocab");
    assumeTrue(folder.isPresent(), "needs ../shared/vocab, which is not beside this checkout");
    return folder.orElseThrow().resolve("ggml-vocab-qwen2.gguf");
  }

  static Metadata metadata(Path file) {
    try (Gguf gguf = Gguf.open(file)) {
      return gguf.metadata();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The characters that spell the 256 bytes. */
  static List<String> bytes() {
    List<String> bytes = new ArrayList<>();
    int borrowed = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xFF && b != 0xAD);
      bytes.add(Character.toString(printable ? b : borrowed++));
    }
    return bytes;
  }

  /** A vocabulary under construction. */
  static final class Draft {
    private final List<String> tokens = new ArrayList<>();
    private final List<Integer> types = new ArrayList<>();
    private final List<Float> scores = new ArrayList<>();
    private final TreeMap<String, MetadataValue> values = new TreeMap<>();

    /** Byte-level BPE with a token for each byte, ids 0 to 255. */
    static Draft bytePair(String preTokenizer, String... merges) {
      Draft draft = new Draft();
      draft.value("model", new StringValue("gpt2"));
      draft.value("pre", new StringValue(preTokenizer));
      bytes().forEach(b -> draft.token(b, NORMAL));
      for (String merge : merges) {
        String token = merge.replace(" ", "");
        if (!draft.tokens.contains(token)) {
          draft.token(token, NORMAL);
        }
      }
      return draft.value("merges", StringArray.of(List.of(merges)));
    }

    /** SentencePiece with the usual three tokens first and, from id 3, one for each byte. */
    static Draft sentencePiece() {
      Draft draft = new Draft();
      draft.value("model", new StringValue("llama"));
      draft.token("<unk>", UNKNOWN).token("<s>", CONTROL).token("</s>", CONTROL);
      IntStream.range(0, 256).forEach(b -> draft.token("<0x%02X>".formatted(b), BYTE));
      return draft;
    }

    static Draft empty(String model) {
      return new Draft().value("model", new StringValue(model));
    }

    Draft token(String text, int type) {
      return token(text, type, 0);
    }

    Draft token(String text, int type, float score) {
      tokens.add(text);
      types.add(type);
      scores.add(score);
      return this;
    }

    Draft value(String key, MetadataValue value) {
      values.put("tokenizer.ggml." + key, value);
      return this;
    }

    Draft flag(String key, boolean value) {
      return value(key, new BoolValue(value));
    }

    Draft id(String key, long value) {
      return value(key, new MetadataValue.IntegerValue(ValueType.UINT32, value));
    }

    Draft modelName(String name) {
      values.put("general.name", new StringValue(name));
      return this;
    }

    Metadata metadata() {
      float[] packedScores = new float[scores.size()];
      for (int i = 0; i < packedScores.length; i++) {
        packedScores[i] = scores.get(i);
      }
      values.putIfAbsent("tokenizer.ggml.tokens", StringArray.of(tokens));
      values.putIfAbsent(
          "tokenizer.ggml.token_type",
          NumberArray.of(types.stream().mapToInt(Integer::intValue).toArray()));
      values.putIfAbsent("tokenizer.ggml.scores", NumberArray.of(packedScores));
      return Metadata.of("draft.gguf", values);
    }

    Tokenizer tokenizer() {
      return Tokenizer.from(metadata());
    }
  }
}
