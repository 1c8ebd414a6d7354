/** Subcommands about the TornadoVM engine's kernels. */
package io.firesteel.tornado.cli;
