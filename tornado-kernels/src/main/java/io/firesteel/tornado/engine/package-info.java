/**
 * The TornadoVM engine: a token as a few task graphs, whose ops are Java kernels or hand-written
 * PTX, one by one as the settings say.
 */
package io.firesteel.tornado.engine;
