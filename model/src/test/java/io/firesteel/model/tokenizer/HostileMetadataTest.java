package io.firesteel.model.tokenizer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.GgufException;
import io.firesteel.loader.Metadata;
import io.firesteel.loader.MetadataValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.loader.MetadataValue.StringValue;
import io.firesteel.loader.ValueType;
import io.firesteel.model.tokenizer.Vocabularies.Draft;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files whose tokenizer makes no sense are refused, and the error says where and why. */
class HostileMetadataTest {

  private static Draft draft() {
    return Draft.bytePair("qwen2", "a b").token("<|im_end|>", Vocabularies.CONTROL);
  }

  private static Arguments refused(String what, Draft draft, String... inMessage) {
    return Arguments.of(what, draft.metadata(), List.of(inMessage));
  }

  private static StringArray strings(String... texts) {
    return StringArray.of(List.of(texts));
  }

  static Stream<Arguments> senseless() {
    return Stream.of(
        Arguments.of(
            "no kind",
            draft().metadata().without("tokenizer.ggml.model"),
            List.of("tokenizer.ggml.model", "missing")),
        refused("unknown kind", draft().value("model", new StringValue("bert")), "'bert'", "gpt2"),
        refused(
            "unknown pre-tokeniser",
            draft().value("pre", new StringValue("martian")),
            "'martian'",
            "qwen2",
            "llama-bpe"),
        Arguments.of(
            "no tokens",
            draft().metadata().without("tokenizer.ggml.tokens"),
            List.of("tokenizer.ggml.tokens", "missing")),
        refused("empty vocabulary", draft().value("tokens", strings()), "no tokens"),
        refused("tokens are numbers", draft().value("tokens", NumberArray.of(1, 2)), "tokens"),
        refused("a token twice", draft().token("a", 1), "'a'", "token 97"),
        Arguments.of(
            "no merges",
            draft().metadata().without("tokenizer.ggml.merges"),
            List.of("tokenizer.ggml.merges", "missing")),
        refused("merge without blank", draft().value("merges", strings("ab")), "merges[0]", "'ab'"),
        refused("empty merge", draft().value("merges", strings("a b", "")), "merges[1]"),
        refused("half a merge", draft().value("merges", strings("a ")), "merges[0]"),
        refused("too few types", draft().value("token_type", NumberArray.of(1, 1)), "2", "258"),
        refused("too few scores", draft().value("scores", NumberArray.of(1f)), "scores", "258"),
        refused(
            "BOS to add but none",
            Draft.bytePair("glm4").flag("add_bos_token", true),
            "add_bos_token",
            "BOS"),
        refused("NaN score", Draft.sentencePiece().token("x", 1, Float.NaN), "scores[259]", "NaN"),
        refused(
            "byte token of no byte",
            Draft.sentencePiece().token("<0xGG>", Vocabularies.BYTE),
            "tokens[259]",
            "<0xGG>"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("senseless")
  void isRefusedWithAReason(String what, Metadata metadata, List<String> inMessage) {
    GgufException error = assertThrows(GgufException.class, () -> Tokenizer.from(metadata));
    for (String part : inMessage) {
      assertTrue(error.getMessage().contains(part), error.getMessage() + " lacks " + part);
    }
  }

  @Test
  void neverCausesAnythingButARefusal() {
    SplittableRandom random = new SplittableRandom(5);
    Metadata sound = draft().id("eos_token_id", 256).metadata();
    List<String> keys = List.copyOf(sound.keys());
    for (int round = 0; round < 3_000; round++) {
      Metadata changed = sound;
      for (int change = random.nextInt(3); change >= 0; change--) {
        changed = changed.with(keys.get(random.nextInt(keys.size())), randomValue(random));
      }
      try {
        Tokenizer tokenizer = Tokenizer.from(changed);
        tokenizer.decode(tokenizer.encode("ab <|im_end|> é", true, true), true, true);
      } catch (GgufException | IllegalArgumentException expected) {
        assertTrue(expected.getMessage().length() > 10);
      }
    }
  }

  private static MetadataValue randomValue(SplittableRandom random) {
    return switch (random.nextInt(6)) {
      case 0 -> new StringValue(randomText(random));
      case 1 -> new MetadataValue.BoolValue(random.nextBoolean());
      case 2 -> new MetadataValue.IntegerValue(ValueType.INT64, random.nextLong(-2, 300));
      case 3 -> NumberArray.of(random.ints(random.nextInt(300), -3, 9).toArray());
      case 4 -> NumberArray.of((float) random.nextDouble());
      default -> {
        List<String> texts = new ArrayList<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
          texts.add(randomText(random));
        }
        yield StringArray.of(texts);
      }
    };
  }

  private static String randomText(SplittableRandom random) {
    String[] parts = {"a", "b", " ", "é", "gpt2", "llama", "▁", "<0x0A>", "qwen2", "Ġ", ""};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    return text.toString();
  }
}
