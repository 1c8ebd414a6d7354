package io.firesteel.bench.cli;

import io.firesteel.bench.result.Json;
import io.firesteel.bench.seal.Keys;
import io.firesteel.bench.seal.Seal;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.Subcommand;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** {@code firesteel sign}: signs a result. */
@Command(
    name = "sign",
    mixinStandardHelpOptions = true,
    description = {
      "Signs a result file (Ed25519 over its canonical JSON, with the commit and the file hashes"
          + " that",
      "it names), so that whoever gets it can check it."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel sign --new-key my.key                makes my.key and my.key.pub",
      "  firesteel sign result.json --key my.key"
    })
public final class SignCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "RESULT",
      description = "Result file; is signed in place.")
  private Path result;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Private key; FILE.pub lies beside it.")
  private Path key;

  @Option(names = "--new-key", paramLabel = "FILE", description = "Make a pair of keys.")
  private Path newKey;

  @Override
  public Integer call() throws IOException {
    if (newKey != null) {
      Keys.create(newKey);
      root.console().out().println(newKey + " (keep it) and " + Keys.publicFile(newKey));
    }
    Path signing = key == null ? newKey : key;
    if (result == null) {
      if (newKey == null) {
        throw CliException.usage("there is nothing to sign", "name a result file");
      }
      return ExitCode.OK;
    }
    if (signing == null) {
      throw CliException.usage("there is no key", "give --key, or --new-key to make one");
    }
    ObjectNode node = Json.read(result);
    Seal.sign(node, Keys.readPrivate(signing), Keys.readPublic(Keys.publicFile(signing)));
    Json.write(result, node);
    root.console().out().println(result + " is signed");
    return ExitCode.OK;
  }
}
