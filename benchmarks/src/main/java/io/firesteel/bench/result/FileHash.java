package io.firesteel.bench.result;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.file.Progress;
import io.firesteel.loader.file.Progress.Unit;
import io.firesteel.model.EmbeddedModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 of files. */
public final class FileHash {
  private static final int BUFFER = 1 << 20;

  private FileHash() {}

  /** Of a file as hexadecimal digits. */
  public static String of(Path file) throws IOException {
    return of(List.of(file), Progress.NONE);
  }

  /** Of a model: its files one after the other, or the embedded model's bytes. */
  public static String of(Gguf model, Progress progress) throws IOException {
    return model.files().isEmpty() ? ofEmbedded() : of(model.files(), progress);
  }

  private static String ofEmbedded() throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = EmbeddedModel.file()) {
      digest.update(in.readAllBytes());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String of(List<Path> files, Progress progress) throws IOException {
    long size = 0;
    for (Path file : files) {
      size += Files.size(file);
    }
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    try (Progress.Task task = progress.begin("hash", Unit.BYTES, size)) {
      for (Path file : files) {
        try (InputStream in = Files.newInputStream(file)) {
          for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            digest.update(buffer, 0, read);
            task.advance(read);
          }
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
