/** The command line of the MCP server. */
package io.firesteel.mcp.cli;
