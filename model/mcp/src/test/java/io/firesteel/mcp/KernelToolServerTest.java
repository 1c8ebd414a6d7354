package io.firesteel.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.cpu.CpuOps;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.TimedOps;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KernelToolServerTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final PipedOutputStream toServer = new PipedOutputStream();
  private Thread server;
  private BufferedReader fromServer;
  private int ids;

  /** The engine's ops under a name of their own. */
  private record CpuProvider() implements OpsProvider {
    @Override
    public String name() {
      return "vector";
    }

    @Override
    public String timing() {
      return "wall clock";
    }

    @Override
    public Availability probe() {
      return new Availability.Usable("this machine");
    }

    @Override
    public TimedOps open() {
      return new TimedCpuOps(new CpuOps(1));
    }
  }

  /** Times calls by the wall clock. */
  private record TimedCpuOps(CpuOps ops) implements TimedOps {
    @Override
    public String name() {
      return "vector";
    }

    @Override
    public boolean supports(OpCall call) {
      return ops.supports(call);
    }

    @Override
    public void run(OpCall call) {
      ops.run(call);
    }

    @Override
    public PreparedOp prepare(OpCall call, int copies) {
      return new PreparedOp() {
        @Override
        public long run(int times) {
          long start = System.nanoTime();
          for (int i = 0; i < times; i++) {
            ops.run(call);
          }
          return System.nanoTime() - start;
        }

        @Override
        public void fetch() {}

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {
      ops.close();
    }
  }

  /** Runs nowhere. */
  private record AbsentProvider() implements OpsProvider {
    @Override
    public String name() {
      return "absent";
    }

    @Override
    public String timing() {
      return "wall clock";
    }

    @Override
    public Availability probe() {
      return new Availability.Refused("there is no device", "plug one in");
    }

    @Override
    public TimedOps open() throws EngineException {
      throw new EngineException("there is no device");
    }
  }

  @BeforeEach
  void start() throws IOException {
    PipedInputStream in = new PipedInputStream(toServer, 1 << 16);
    PipedOutputStream out = new PipedOutputStream();
    fromServer =
        new BufferedReader(
            new InputStreamReader(new PipedInputStream(out, 1 << 20), StandardCharsets.UTF_8));
    KernelToolServer kernelTools =
        new KernelToolServer(
            new Implementations(List.of(new CpuProvider(), new AbsentProvider())), "1.0");
    server =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    kernelTools.serve(in, out);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    JsonNode hello =
        request(
            "initialize",
            "{\"protocolVersion\": \"2025-06-18\", \"capabilities\": {},"
                + " \"clientInfo\": {\"name\": \"test\", \"version\": \"1\"}}");
    assertEquals("firesteel", hello.at("/result/serverInfo/name").stringValue(), hello.toString());
    send("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}");
  }

  @AfterEach
  void serverEndsWithItsInput() throws Exception {
    toServer.close();
    server.join(20_000);
    assertTrue(!server.isAlive(), "still there");
  }

  private void send(String message) throws IOException {
    toServer.write((message + "\n").getBytes(StandardCharsets.UTF_8));
    toServer.flush();
  }

  private JsonNode request(String method, String parameters) throws IOException {
    int id = ++ids;
    send(
        "{\"jsonrpc\": \"2.0\", \"id\": %d, \"method\": \"%s\", \"params\": %s}"
            .formatted(id, method, parameters));
    while (true) {
      JsonNode message = JSON.readTree(fromServer.readLine());
      if (message.path("id").asInt(-1) == id) {
        return message;
      }
    }
  }

  private JsonNode call(String tool, String arguments) throws IOException {
    return request("tools/call", "{\"name\": \"%s\", \"arguments\": %s}".formatted(tool, arguments))
        .get("result");
  }

  private JsonNode value(String tool, String arguments) throws IOException {
    JsonNode result = call(tool, arguments);
    assertTrue(!result.path("isError").asBoolean(false), result.toString());
    JsonNode value = result.get("structuredContent");
    assertEquals(value, JSON.readTree(result.at("/content/0/text").stringValue()));
    return value;
  }

  @Test
  void offersItsToolsWithSchemas() throws IOException {
    JsonNode tools = request("tools/list", "{}").at("/result/tools");
    Set<String> names = new TreeSet<>();
    for (JsonNode tool : tools) {
      names.add(tool.get("name").stringValue());
      assertEquals("object", tool.at("/inputSchema/type").stringValue());
      assertTrue(tool.at("/annotations/readOnlyHint").booleanValue());
    }
    assertEquals(Set.of("list_ops", "compare_op", "run_conformance", "inspect_model"), names);
  }

  @Test
  void listsOpsAndWhyAnImplementationCannotRun() throws IOException {
    JsonNode value = value("list_ops", "{}");
    assertEquals(10, value.get("ops").size());
    assertEquals("attn_in", value.at("/ops/1/op").stringValue());
    assertEquals("plug one in", value.at("/implementations/1/remedy").stringValue());
  }

  @Test
  void holdsAnImplementationToTheSuite() throws IOException {
    JsonNode value =
        value("run_conformance", "{\"implementation\": \"vector\", \"op\": \"router\"}");
    assertTrue(value.get("cases").intValue() > 3, value.toString());
    assertEquals(0, value.get("failed").intValue(), value.toString());
    assertEquals(
        value.get("cases").intValue(),
        value.at("/passed/float32").intValue() + value.get("unsupported").intValue());
  }

  @Test
  void comparesImplementationsOnOneCall() throws IOException {
    JsonNode value = value("compare_op", "{\"op\": \"attn_in\", \"runs\": 3}");
    JsonNode row = value.at("/implementations/0");
    assertEquals("vector", row.get("implementation").stringValue());
    assertEquals("float32", row.get("tolerance").stringValue());
    assertTrue(row.get("microseconds").doubleValue() > 0);
  }

  @Test
  void looksIntoAModel() throws IOException {
    JsonNode value = value("inspect_model", "{\"tensors\": \"attn_q\\\\.weight$\"}");
    assertEquals("qwen3moe", value.at("/metadata/general.architecture").stringValue());
    assertTrue(value.get("weights").longValue() > 1_000_000);
    assertTrue(value.get("tensors").size() > 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          run_conformance | {"implementation": "absent"}  | plug one in
          run_conformance | {"implementation": "nobody"}  | there are [vector, absent]
          run_conformance | {"implementation": "vector", "case": "x"} | give 'op' as well
          compare_op      | {"op": "router", "case": "nothing"} | there is no case 'nothing'
          inspect_model   | {"path": "/nowhere/model.gguf"} | does not exist
          inspect_model   | {"tensors": "("}              | no regular expression
          """)
  void saysWhyItCannotBeDone(String tool, String arguments, String reason) throws IOException {
    JsonNode result = call(tool, arguments);
    assertTrue(result.get("isError").booleanValue(), result.toString());
    assertTrue(result.at("/content/0/text").stringValue().contains(reason), result.toString());
  }
}
