package io.firesteel.mcp;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.GgufException;
import io.firesteel.loader.MetadataValue;
import io.firesteel.loader.Tensor;
import io.firesteel.model.EmbeddedModel;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What is in a GGUF file. */
final class InspectModel implements KernelTool {
  private static final int MOST_ELEMENTS = 16;
  private static final int MOST_CHARACTERS = 500;
  private static final int MOST_TENSORS = 500;

  /** For use by the server. */
  InspectModel() {}

  @Override
  public String name() {
    return "inspect_model";
  }

  @Override
  public String description() {
    return "Looks into a GGUF file: metadata (long lists and texts shortened), number of weights,"
        + " bytes by type, and on request its tensors with types and shapes.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return Schema.arguments()
        .text("path", "Path of the file; the model that ships with Firesteel if left out.")
        .text("tensors", "A regular expression: tensors whose names contain a match are listed.")
        .requiring();
  }

  @Override
  public Map<String, Object> call(Arguments arguments) throws ToolException {
    Optional<String> path = arguments.text("path");
    Optional<String> expression = arguments.text("tensors");
    try (Gguf file = path.isPresent() ? Gguf.open(Path.of(path.get())) : EmbeddedModel.open()) {
      return describe(file, expression);
    } catch (NoSuchFileException e) {
      throw new ToolException(path.orElse("") + " does not exist", e);
    } catch (IOException | GgufException e) {
      throw new ToolException(e.getMessage(), e);
    }
  }

  private static Map<String, Object> describe(Gguf file, Optional<String> expression)
      throws ToolException {
    Map<String, Long> bytes = new TreeMap<>();
    long weights = 0;
    for (Tensor tensor : file.tensors()) {
      bytes.merge(tensor.type().name(), tensor.bytes(), Long::sum);
      weights += tensor.elements();
    }
    Map<String, Object> metadata = new LinkedHashMap<>();
    file.metadata().values().forEach((key, value) -> metadata.put(key, plain(value)));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("file", file.name());
    result.put("version", file.version());
    result.put("weights", weights);
    result.put("bytes", bytes.values().stream().mapToLong(Long::longValue).sum());
    result.put("bytes_by_type", bytes);
    result.put("metadata", metadata);
    if (expression.isPresent()) {
      result.put("tensors", tensors(file, pattern(expression.get())));
    }
    return result;
  }

  private static Pattern pattern(String expression) throws ToolException {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new ToolException("'tensors' is no regular expression: " + e.getDescription(), e);
    }
  }

  private static List<Map<String, Object>> tensors(Gguf file, Pattern pattern) {
    return file.tensors().stream()
        .filter(tensor -> pattern.matcher(tensor.name()).find())
        .limit(MOST_TENSORS)
        .map(InspectModel::tensor)
        .toList();
  }

  private static Map<String, Object> tensor(Tensor tensor) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", tensor.name());
    entry.put("type", tensor.type().name());
    entry.put("shape", tensor.shape());
    entry.put("bytes", tensor.bytes());
    return entry;
  }

  private static Object plain(MetadataValue value) {
    return switch (value) {
      case MetadataValue.IntegerValue v -> v.value();
      case MetadataValue.FloatValue v -> v.value();
      case MetadataValue.BoolValue v -> v.value();
      case MetadataValue.StringValue v -> shortened(v.value());
      case MetadataValue.ArrayValue array -> {
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < Math.min(array.size(), MOST_ELEMENTS); i++) {
          elements.add(plain(array.element(i)));
        }
        if (array.size() > MOST_ELEMENTS) {
          elements.add("… " + array.size() + " elements");
        }
        yield elements;
      }
    };
  }

  private static String shortened(String text) {
    return text.length() <= MOST_CHARACTERS
        ? text
        : text.substring(0, MOST_CHARACTERS) + "… " + text.length() + " characters";
  }
}
