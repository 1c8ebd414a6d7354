package io.firesteel.bench.cli;

import io.firesteel.bench.result.FileHash;
import io.firesteel.bench.result.Json;
import io.firesteel.bench.seal.Keys;
import io.firesteel.bench.seal.Seal;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.Subcommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Base64;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.node.ObjectNode;

/** {@code firesteel verify}: checks a signed result. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Checks that a result file is as it was signed, and says by whom and for which commit and"
          + " files.",
      "Exit code 3 if it is not."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel verify result.json --key theirs.pub",
      "  firesteel verify result.json --key theirs.pub --model model.gguf   and that it is about"
          + " this file"
    })
public final class VerifyCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(paramLabel = "RESULT", description = "Signed result file.")
  private Path result;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "Public key to trust; without it, the key in the file itself shows only that nothing was"
              + " changed.")
  private Path key;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "Model file whose hash must be the result's.")
  private Path model;

  @Override
  public Integer call() throws IOException {
    ObjectNode node = Json.read(result);
    PublicKey signer = key == null ? Seal.signer(node) : Keys.readPublic(key);
    PrintStream out = root.console().out();
    if (!Seal.isIntact(node, signer)) {
      out.println("FAILED: " + result + " is not as the owner of this key signed it");
      return ExitCode.BELOW_THRESHOLD;
    }
    String hash = node.path("file").path("sha256").asString("none");
    if (model != null && !FileHash.of(model).equals(hash)) {
      out.println("FAILED: " + result + " is about a file with SHA-256 " + hash + ", not " + model);
      return ExitCode.BELOW_THRESHOLD;
    }
    out.println(key == null ? "unchanged since it was signed" : "signed by the owner of " + key);
    out.println("key    " + Base64.getEncoder().encodeToString(signer.getEncoded()));
    out.println("commit " + node.path("commit").asString());
    out.println("file   " + node.path("file").path("name").asString("none") + " " + hash);
    return ExitCode.OK;
  }
}
