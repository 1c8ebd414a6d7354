package io.firesteel.server.openai;

import io.firesteel.model.EmbeddingRequest;
import io.firesteel.model.EmbeddingRequest.Input;
import io.firesteel.model.Embeddings;
import io.firesteel.server.http.AnswerFacts;
import io.firesteel.server.http.Endpoint;
import io.firesteel.server.http.Exchange;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.Attended;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.ServedModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /v1/embeddings}. */
public final class EmbeddingVectors implements Endpoint {
  private static final int MOST_INPUTS = 2048;

  private final ServedModel served;

  /** Makes vectors with a model. */
  public EmbeddingVectors(ServedModel served) {
    this.served = served;
  }

  @Override
  public void answer(Exchange exchange) {
    Fields fields = Fields.of(exchange.json());
    served.requireNamed(fields);
    requireSupport();
    boolean packed = packed(fields);
    EmbeddingRequest request = request(fields);
    Embeddings made =
        Attended.result(
            exchange, served, () -> Failures.translated(() -> served.model().embed(request)));
    exchange.record(
        new AnswerFacts(made.tokens(), 0, 0, Optional.empty(), Optional.empty(), "stop"));
    exchange.answer(body(made, packed));
  }

  private void requireSupport() {
    Optional<String> refusal = served.model().embeddingRefusal();
    if (refusal.isPresent()) {
      throw HttpError.of(HttpError.Kind.INVALID, "embeddings_not_supported", refusal.get());
    }
  }

  private static boolean packed(Fields fields) {
    String format = fields.string("encoding_format").orElse("float");
    return switch (format) {
      case "float" -> false;
      case "base64" -> true;
      default ->
          throw fields.wrong("encoding_format", "'" + format + "', expected 'float' or 'base64'");
    };
  }

  private EmbeddingRequest request(Fields fields) {
    int most = served.model().embeddingWidth();
    return EmbeddingRequest.of(inputs(fields))
        .withDimensions(fields.integer("dimensions", 1, most).orElse(most));
  }

  private List<Input> inputs(Fields fields) {
    JsonNode input = fields.value("input").orElseThrow(() -> fields.missing("input"));
    List<Input> inputs = new ArrayList<>();
    if (input.isArray() && !input.isEmpty() && !input.get(0).isNumber()) {
      for (JsonNode each : fields.list("input", MOST_INPUTS)) {
        inputs.add(input(fields, each));
      }
    } else {
      inputs.add(input(fields, input));
    }
    return inputs;
  }

  private Input input(Fields fields, JsonNode value) {
    if (value.isEmpty() && value.isArray() || value.isString() && value.stringValue().isEmpty()) {
      throw fields.wrong("input", "empty, expected some text");
    }
    if (value.isString()) {
      return new Input.Text(value.stringValue());
    }
    if (!value.isArray()) {
      throw fields.wrong("input", "no text, list of texts, list of tokens, or list of those");
    }
    return new Input.Tokens(TextJob.tokens(fields, "input", value, served));
  }

  private ObjectNode body(Embeddings made, boolean packed) {
    ObjectNode body = Json.object();
    body.put("object", "list");
    ArrayNode data = body.putArray("data");
    for (float[] vector : made.vectors()) {
      ObjectNode node = data.addObject();
      node.put("object", "embedding");
      node.put("index", data.size() - 1);
      if (packed) {
        node.put("embedding", base64(vector));
      } else {
        ArrayNode numbers = node.putArray("embedding");
        for (float number : vector) {
          numbers.add(number);
        }
      }
    }
    body.put("model", served.id());
    ObjectNode usage = body.putObject("usage");
    usage.put("prompt_tokens", made.tokens());
    usage.put("total_tokens", made.tokens());
    return body;
  }

  /** Little-endian floats. */
  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
