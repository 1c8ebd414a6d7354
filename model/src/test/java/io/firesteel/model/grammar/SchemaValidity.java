package io.firesteel.model.grammar;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Judges answers by another project's validator. */
public final class SchemaValidity {
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private static final JsonMapper STRICT =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private final Schema schema;

  /** For answers under a schema. */
  public SchemaValidity(JsonNode schema) {
    this.schema = REGISTRY.getSchema(schema);
  }

  /** What is wrong with an answer; empty if it parses and is valid. */
  public String problem(String answer) {
    JsonNode value;
    try {
      value = STRICT.readTree(answer);
    } catch (JacksonException e) {
      return "no JSON: " + e.getOriginalMessage();
    }
    Consumer<com.networknt.schema.ExecutionContext> formats =
        context -> context.executionConfig(config -> config.formatAssertionsEnabled(true));
    List<Error> errors = schema.validate(value, formats);
    return errors.isEmpty() ? "" : errors.toString();
  }
}
