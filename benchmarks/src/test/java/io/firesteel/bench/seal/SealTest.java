package io.firesteel.bench.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class SealTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"b": 1, "a": 2}                   | {"a":2,"b":1}
          { "a" : [ 1.50, 2.0, -0.0, 1e3 ] } | {"a":[1.5,2,0,1E+3]}
          {"a": {"z": null, "y": true}}      | {"a":{"y":true,"z":null}}
          {"é": "\\u00e9\\n"}                | {"é":"é\\n"}
          []                                 | []
          {}                                 | {}
          """)
  void equalValuesHaveEqualBytes(String json, String canonical) {
    byte[] bytes = CanonicalJson.bytes(JsonMapper.shared().readTree(json));
    assertEquals(canonical, new String(bytes, StandardCharsets.UTF_8));
  }
}
