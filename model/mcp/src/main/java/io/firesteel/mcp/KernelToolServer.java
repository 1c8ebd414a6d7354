package io.firesteel.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.json.JsonMapper;

/** Offers the kernel tools over a pair of streams, a message of JSON on each line. */
public final class KernelToolServer {
  private static final String NAME = "firesteel";

  private final List<KernelTool> tools;
  private final McpJsonMapper json = new JacksonMcpJsonMapper(JsonMapper.shared());
  private final String version;

  /**
   * A server of all tools.
   *
   * @param version the program's, which clients are told
   */
  public KernelToolServer(Implementations implementations, String version) {
    this.version = version;
    this.tools =
        List.of(
            new ListOps(implementations),
            new CompareOp(implementations),
            new RunConformance(implementations),
            new InspectModel());
  }

  /**
   * Serves until the client ends its stream.
   *
   * @param in messages of the client
   * @param out messages to it, and nothing else
   */
  public void serve(InputStream in, OutputStream out) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    McpSyncServer server =
        McpServer.sync(new StdioServerTransportProvider(json, new Watched(in, ended), out))
            .serverInfo(NAME, version)
            .capabilities(ServerCapabilities.builder().tools(false).build())
            .jsonMapper(json)
            .tools(tools.stream().map(this::specification).toList())
            .build();
    ended.await();
    server.closeGracefully();
  }

  /** Tells when a stream is at its end, which the transport keeps to itself. */
  private static final class Watched extends FilterInputStream {
    private final CountDownLatch ended;

    Watched(InputStream in, CountDownLatch ended) {
      super(in);
      this.ended = ended;
    }

    @Override
    public int read() throws IOException {
      return watched(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return watched(super.read(bytes, offset, length));
    }

    private int watched(int result) {
      if (result < 0) {
        ended.countDown();
      }
      return result;
    }
  }

  private SyncToolSpecification specification(KernelTool tool) {
    Tool described =
        Tool.builder(tool.name(), tool.inputSchema())
            .description(tool.description())
            .annotations(new ToolAnnotations(null, true, false, true, false, null))
            .build();
    return SyncToolSpecification.builder()
        .tool(described)
        .callHandler((exchange, request) -> result(tool, request.arguments()))
        .build();
  }

  private CallToolResult result(KernelTool tool, Map<String, Object> arguments) {
    try {
      Map<String, Object> result =
          tool.call(new Arguments(arguments == null ? Map.of() : arguments));
      return CallToolResult.builder()
          .structuredContent(result)
          .addTextContent(json.writeValueAsString(result))
          .isError(false)
          .build();
    } catch (ToolException | IOException e) {
      return CallToolResult.builder().addTextContent(e.getMessage()).isError(true).build();
    }
  }
}
