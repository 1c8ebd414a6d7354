package io.firesteel.mcp;

import java.util.Map;

/** A tool that agents may call. */
public interface KernelTool {
  /** Its name. */
  String name();

  /** What it does and when to use it, for the agent. */
  String description();

  /** JSON schema of the object of its arguments. */
  Map<String, Object> inputSchema();

  /**
   * Does it.
   *
   * @param arguments as the schema says
   * @return an object of plain Java values
   * @throws ToolException if it cannot be done; its message is for the agent
   */
  Map<String, Object> call(Arguments arguments) throws ToolException;
}
