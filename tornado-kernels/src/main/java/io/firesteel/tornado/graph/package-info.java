/**
 * Task graphs of Java kernels and hand-written PTX on the same arrays: how many tasks fit, which
 * names TornadoVM derives, and what passes from graph to graph.
 */
package io.firesteel.tornado.graph;
