package io.firesteel.model.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.unpack.ModelCache;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.config.UserFolders;
import java.io.IOException;
import java.nio.file.Path;

/** Finds the model that a command line names. */
public final class ModelFile {
  private ModelFile() {}

  /** Opens a file, unpacked first where it is compressed, or the embedded model for null. */
  public static Gguf open(Path model, FiresteelCommand root) throws IOException {
    return model == null ? EmbeddedModel.open() : Gguf.open(unpacked(model, root));
  }

  /** The plain file of a model that may be compressed. */
  public static Path unpacked(Path model, FiresteelCommand root) throws IOException {
    return new ModelCache(cacheFolder(root)).resolve(model, root.console().progress());
  }

  private static Path cacheFolder(FiresteelCommand root) {
    return root.settings().cacheDirectory().orElseGet(UserFolders::cache);
  }
}
