package io.firesteel.model.config;

import io.firesteel.loader.unpack.ModelCache;
import java.nio.file.Path;

/** Folders of the user who runs the program: the one place that asks the environment for them. */
public final class UserFolders {
  private UserFolders() {}

  /** Where models are unpacked unless settings say otherwise; see {@link ModelCache}. */
  public static Path cache() {
    return ModelCache.defaultFolder(System.getenv(), Path.of(System.getProperty("user.home")));
  }
}
