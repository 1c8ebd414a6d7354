/**
 * The kernel tools for agents, over the Model Context Protocol: list ops, compare implementations
 * of an op, hold one to the conformance suite, look into a GGUF file.
 */
package io.firesteel.mcp;
