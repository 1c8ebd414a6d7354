/**
 * The command line: one class for each subcommand, found through {@link java.util.ServiceLoader} so
 * that every module can bring its own. Results go to standard output, everything else to standard
 * error; {@link io.firesteel.model.cli.ExitCode} lists the exit codes.
 */
package io.firesteel.model.cli;
