package io.firesteel.model.image;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells which native libraries inside a jar belong to a platform, by the folder names that projects
 * use for them.
 *
 * @param system folder and file name parts of the operating system
 * @param processor folder and file name parts of the processor
 */
record Platform(List<String> system, List<String> processor) {
  private static final Pattern NATIVE =
      Pattern.compile("(?i).*\\.(so|dll|dylib|jnilib|a|so\\.[0-9.]+)$");

  /**
   * A platform by the names that Java gives it.
   *
   * @param osName as in the system property {@code os.name}
   * @param osArch as in the system property {@code os.arch}
   */
  static Platform of(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    List<String> system =
        os.contains("mac")
            ? List.of("darwin", "mac", "apple", "osx")
            : os.contains("win") ? List.of("win") : List.of("linux");
    List<String> processor =
        switch (osArch) {
          case "amd64", "x86_64" -> List.of("amd64", "x86_64", "x86-64");
          case "aarch64", "arm64" -> List.of("aarch64", "arm64");
          default -> List.of(osArch);
        };
    return new Platform(system, processor);
  }

  /** Whether a jar's entry is a native library. */
  static boolean isNative(String entry) {
    return NATIVE.matcher(entry).matches();
  }

  /** Whether an entry is of use here: all but native libraries of other platforms. */
  boolean wants(String entry) {
    if (!isNative(entry)) {
      return true;
    }
    String name = entry.toLowerCase(Locale.ROOT);
    // "darwin" has "win" in it.
    String plain = system.contains("win") ? name.replace("darwin", "") : name;
    return system.stream().anyMatch(plain::contains)
        && processor.stream().anyMatch(plain::contains);
  }
}
