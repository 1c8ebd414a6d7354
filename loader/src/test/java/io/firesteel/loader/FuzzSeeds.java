package io.firesteel.loader;

import io.firesteel.loader.MetadataValue.BoolValue;
import io.firesteel.loader.MetadataValue.FloatValue;
import io.firesteel.loader.MetadataValue.IntegerValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.loader.MetadataValue.StringValue;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Small valid files that between them have everything a file can have. */
final class FuzzSeeds {
  private FuzzSeeds() {}

  static List<byte[]> all() {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(image(Metadata.of("empty", Map.of()), List.of()));
    seeds.add(image(everyKind(), List.of(new TensorSpec("t", TensorType.F32, 4, 2))));
    seeds.add(image(Metadata.of("types", Map.of()), everyType()));
    seeds.add(image(likeAModel(40), likeALayer()));
    seeds.add(image(likeAModel(500), likeALayer()));
    byte[] version2 = seeds.get(3).clone();
    version2[4] = 2;
    seeds.add(version2);
    return seeds;
  }

  private static Metadata everyKind() {
    Map<String, MetadataValue> values = new LinkedHashMap<>();
    for (ValueType type : ValueType.values()) {
      if (type.isInteger()) {
        values.put("number." + type, new IntegerValue(type, 7));
      }
      if (type.bytes() > 0) {
        values.put("array." + type, NumberArray.ofPacked(type, new byte[type.bytes() * 3]));
      }
    }
    values.put("float", new FloatValue(ValueType.FLOAT32, 1.5f));
    values.put("double", new FloatValue(ValueType.FLOAT64, Math.PI));
    values.put("bool", new BoolValue(true));
    values.put("text", new StringValue("Grüße 🔥"));
    values.put("texts", StringArray.of(List.of("a", "", "ä🔥")));
    values.put("general.alignment", new IntegerValue(ValueType.UINT32, 64));
    values.put("split.count", new IntegerValue(ValueType.UINT16, 1));
    return Metadata.of("kinds", values);
  }

  private static List<TensorSpec> everyType() {
    List<TensorSpec> specs = new ArrayList<>();
    for (TensorType type : TensorType.values()) {
      specs.add(new TensorSpec(type.name(), type, type.blockSize()));
    }
    return specs;
  }

  private static Metadata likeAModel(int vocabulary) {
    return Metadata.of("model", Map.of())
        .with("general.architecture", "qwen3moe")
        .with("qwen3moe.block_count", new IntegerValue(ValueType.UINT32, 1))
        .with("qwen3moe.rope.freq_base", new FloatValue(ValueType.FLOAT32, 1e6f))
        .with(
            "tokenizer.ggml.tokens",
            StringArray.of(IntStream.range(0, vocabulary).mapToObj(i -> "Ġtoken" + i).toList()))
        .with("tokenizer.ggml.token_type", NumberArray.of(new int[vocabulary]))
        .with("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}");
  }

  private static List<TensorSpec> likeALayer() {
    return List.of(
        new TensorSpec("token_embd.weight", TensorType.Q4_K, 256, 4),
        new TensorSpec("blk.0.attn_norm.weight", TensorType.F32, 32),
        new TensorSpec("blk.0.attn_q.weight", TensorType.Q8_0, 32, 8),
        new TensorSpec("blk.0.ffn_down_exps.weight", TensorType.Q6_K, 256, 2, 2));
  }

  private static byte[] image(Metadata metadata, List<TensorSpec> specs) {
    long alignment = HeaderParser.alignment(metadata);
    long[] offsets = new long[specs.size()];
    long size = 0;
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = size;
      size = HeaderParser.roundUp(size + specs.get(i).bytes(), alignment);
    }
    byte[] header = HeaderWriter.write(metadata, specs, offsets);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header);
    out.writeBytes(
        new byte[(int) (HeaderParser.roundUp(header.length, alignment) - header.length)]);
    byte[] data = new byte[(int) size];
    new Random(size).nextBytes(data);
    out.writeBytes(data);
    return out.toByteArray();
  }
}
