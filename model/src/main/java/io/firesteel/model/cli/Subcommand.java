package io.firesteel.model.cli;

import java.util.concurrent.Callable;

/**
 * A subcommand of {@code firesteel}: a class with picocli's {@code @Command} and a public
 * constructor without parameters, registered as a service of this type. It reaches the console and
 * the settings through {@code @ParentCommand FiresteelCommand}, returns one of {@link ExitCode} and
 * throws {@link CliException} (or lets the library's own exceptions through) when it fails.
 */
public interface Subcommand extends Callable<Integer> {}
