package io.firesteel.mcp.cli;

import io.firesteel.mcp.Implementations;
import io.firesteel.mcp.KernelToolServer;
import io.firesteel.model.cli.Console;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.Subcommand;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel mcp}: the kernel tools for agents. */
@Command(
    name = "mcp",
    mixinStandardHelpOptions = true,
    description = {
      "Offers the kernel tools to an agent over the Model Context Protocol, on standard input and"
          + " output: list ops, compare implementations of an op, run the conformance suite on an"
          + " implementation, inspect a GGUF file."
    },
    footer = {
      "",
      "Example, for an agent's settings:",
      "  {\"mcpServers\": {\"firesteel\": {\"command\": \"/path/to/firesteel\", \"args\":"
          + " [\"mcp\"]}}}"
    })
public final class McpCommand implements Subcommand {
  // A logger without a strong reference may be collected together with its level.
  private static final Logger SDK = Logger.getLogger("io.modelcontextprotocol");

  @ParentCommand private FiresteelCommand root;

  @Override
  public Integer call() throws InterruptedException {
    SDK.setLevel(Level.WARNING);
    Console console = root.console();
    String version = McpCommand.class.getPackage().getImplementationVersion();
    new KernelToolServer(Implementations.installed(), version == null ? "0" : version)
        .serve(console.in(), console.out());
    return ExitCode.OK;
  }
}
