package io.firesteel.model.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.GgufException;
import io.firesteel.loader.MetadataValue;
import io.firesteel.loader.MetadataValue.ArrayValue;
import io.firesteel.loader.Tensor;
import io.firesteel.loader.file.ByteSize;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code inspect} says about a file.
 *
 * @param file the model
 * @param weightBytes bytes of all tensors
 * @param weights number of weights
 * @param types bytes and numbers of tensors of each type
 * @param config the model's numbers, or null where it cannot be run
 * @param refusal why it cannot be run, or null
 * @param context positions that {@code cacheBytes} speaks of
 * @param cacheBytes bytes of the KV cache in each format
 */
record ModelReport(
    Gguf file,
    long weightBytes,
    long weights,
    Map<String, TypeShare> types,
    ModelConfig config,
    String refusal,
    int context,
    Map<KvFormat, Long> cacheBytes) {
  private static final int SHOWN_ELEMENTS = 6;
  private static final int SHOWN_CHARACTERS = 100;

  /** Tensors of one type. */
  record TypeShare(int tensors, long bytes) {
    TypeShare plus(TypeShare other) {
      return new TypeShare(tensors + other.tensors, bytes + other.bytes);
    }
  }

  static ModelReport of(Gguf file, Integer wantedContext) {
    Map<String, TypeShare> types = new TreeMap<>();
    long bytes = 0;
    long weights = 0;
    for (Tensor tensor : file.tensors()) {
      TypeShare share = new TypeShare(1, tensor.bytes());
      types.merge(tensor.type().name(), share, TypeShare::plus);
      bytes += tensor.bytes();
      weights += tensor.elements();
    }
    ModelConfig config = null;
    String refusal = null;
    try {
      config = ModelWeights.of(file).config();
    } catch (GgufException e) {
      refusal = e.getMessage();
    }
    int context = context(wantedContext, config);
    Map<KvFormat, Long> cache = config == null ? Map.of() : cacheBytes(config, context);
    return new ModelReport(file, bytes, weights, types, config, refusal, context, cache);
  }

  private static int context(Integer wanted, ModelConfig config) {
    if (wanted != null) {
      return wanted;
    }
    return config == null ? 0 : config.contextLength();
  }

  private static Map<KvFormat, Long> cacheBytes(ModelConfig config, int context) {
    Map<KvFormat, Long> bytes = new EnumMap<>(KvFormat.class);
    for (KvFormat format : KvFormat.values()) {
      KvLayout layout =
          new KvLayout(
              format,
              config.heads().keyValues(),
              config.heads().size(),
              EngineOptions.DEFAULT_PAGE_TOKENS);
      bytes.put(format, layout.pagesFor(context) * layout.pageBytes() * config.layers());
    }
    return bytes;
  }

  void print(Console console, boolean everyTensor) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("file", file.name() + " (GGUF v" + file.version() + ")");
    facts.put("weights", weights + " in " + ByteSize.format(weightBytes));
    facts.put("types", types.entrySet().stream().map(this::typeText).collect(joined()));
    if (config == null) {
      facts.put("runs", "no: " + refusal);
    } else {
      facts.put("model", config.name() + " (" + config.architecture() + ")");
      facts.put("shape", shapeText());
      facts.put("KV cache", cacheText());
      facts.put("memory", memoryText());
    }
    PrintStream out = console.out();
    facts.forEach((name, value) -> out.println(console.bold(pad(name, 10)) + value));
    out.println();
    file.metadata()
        .values()
        .forEach((key, value) -> out.println(console.bold(key) + " = " + shortText(value)));
    if (everyTensor) {
      out.println();
      file.tensors().forEach(tensor -> out.println(tensorText(tensor)));
    }
  }

  private String typeText(Map.Entry<String, TypeShare> entry) {
    TypeShare share = entry.getValue();
    return entry.getKey() + " " + share.tensors + " (" + ByteSize.format(share.bytes) + ")";
  }

  private String shapeText() {
    return "%d layers, hidden %d, %d query and %d key/value heads of %d, vocabulary %d"
        .formatted(
            config.layers(),
            config.hidden(),
            config.heads().queries(),
            config.heads().keyValues(),
            config.heads().size(),
            config.vocabulary());
  }

  private String cacheText() {
    return "of "
        + context
        + " positions: "
        + cacheBytes.entrySet().stream()
            .map(e -> label(e.getKey()) + " " + ByteSize.format(e.getValue()))
            .collect(joined());
  }

  private String memoryText() {
    return "weights and cache: "
        + cacheBytes.entrySet().stream()
            .map(e -> label(e.getKey()) + " " + ByteSize.format(weightBytes + e.getValue()))
            .collect(joined());
  }

  private static Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(", ");
  }

  private static String label(KvFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  private static String shortText(MetadataValue value) {
    String text = value instanceof ArrayValue array ? arrayText(array) : value.toString();
    String line = text.replace("\n", "\\n");
    return line.length() <= SHOWN_CHARACTERS
        ? line
        : line.substring(0, SHOWN_CHARACTERS) + "… (" + text.length() + " characters)";
  }

  private static String arrayText(ArrayValue array) {
    StringBuilder text = new StringBuilder("[");
    int shown = Math.min(array.size(), SHOWN_ELEMENTS);
    for (int i = 0; i < shown; i++) {
      text.append(i == 0 ? "" : ", ").append(array.element(i));
    }
    text.append(shown < array.size() ? ", … (" + array.size() + " elements)]" : "]");
    return text.toString();
  }

  private static String tensorText(Tensor tensor) {
    return pad(tensor.name(), 36)
        + pad(tensor.type().name(), 8)
        + pad(Arrays.toString(tensor.shape()), 20)
        + " "
        + ByteSize.format(tensor.bytes());
  }

  private static String pad(String text, int width) {
    return text.length() >= width ? text + " " : text + " ".repeat(width - text.length());
  }

  String toJson() {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode root = mapper.createObjectNode();
    root.put("file", file.name());
    root.put("version", file.version());
    root.put("weights", weights);
    root.put("weightBytes", weightBytes);
    root.put("runs", config != null);
    if (config == null) {
      root.put("refusal", refusal);
    } else {
      root.put("context", context);
      ObjectNode cache = root.putObject("cacheBytes");
      cacheBytes.forEach((format, bytes) -> cache.put(label(format), bytes));
    }
    ObjectNode metadata = root.putObject("metadata");
    file.metadata().values().forEach((key, value) -> metadata.putPOJO(key, plain(value)));
    var list = root.putArray("tensors");
    for (Tensor tensor : file.tensors()) {
      ObjectNode node = list.addObject();
      node.put("name", tensor.name());
      node.put("type", tensor.type().name());
      node.putPOJO("shape", tensor.shape());
      node.put("offset", tensor.offset());
      node.put("bytes", tensor.bytes());
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  private static Object plain(MetadataValue value) {
    return switch (value) {
      case MetadataValue.IntegerValue v -> v.value();
      case MetadataValue.FloatValue v -> v.value();
      case MetadataValue.BoolValue v -> v.value();
      case MetadataValue.StringValue v -> v.value();
      case ArrayValue array -> {
        List<Object> elements = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
          elements.add(plain(array.element(i)));
        }
        yield elements;
      }
    };
  }
}
