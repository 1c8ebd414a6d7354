package io.firesteel.tornado.cli;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What PTX code tells about itself.
 *
 * @param instructions instructions in the text, each once however often it runs
 * @param registers virtual registers, which the driver's compiler maps to fewer real ones
 * @param sharedBytes shared memory of a work group, as far as its size stands in the text
 */
record CodeFacts(int instructions, int registers, long sharedBytes) {
  private static final Pattern REGISTERS = Pattern.compile("\\.reg\\s+\\.\\w+\\s+([^;]+);");
  private static final Pattern RANGE = Pattern.compile("<(\\d+)>");
  private static final Pattern SHARED =
      Pattern.compile("\\.shared\\s+(?:\\.align\\s+\\d+\\s+)?\\.[a-z]+(\\d+)\\s+\\w+\\[(\\d+)\\]");

  static CodeFacts of(String code) {
    int instructions = 0;
    int registers = 0;
    long shared = 0;
    for (String line : code.lines().map(CodeFacts::bare).toList()) {
      instructions += isInstruction(line) ? 1 : 0;
      Matcher declared = REGISTERS.matcher(line);
      while (declared.find()) {
        registers += count(declared.group(1));
      }
      Matcher array = SHARED.matcher(line);
      while (array.find()) {
        shared += Long.parseLong(array.group(1)) / Byte.SIZE * Long.parseLong(array.group(2));
      }
    }
    return new CodeFacts(instructions, registers, shared);
  }

  private static String bare(String line) {
    int comment = line.indexOf("//");
    return (comment < 0 ? line : line.substring(0, comment)).strip();
  }

  private static boolean isInstruction(String line) {
    return line.endsWith(";") && !line.startsWith(".");
  }

  private static int count(String names) {
    return List.of(names.split(",")).stream()
        .mapToInt(
            name -> {
              Matcher range = RANGE.matcher(name);
              return range.find() ? Integer.parseInt(range.group(1)) : 1;
            })
        .sum();
  }

  @Override
  public String toString() {
    return "%d instructions, %d virtual registers, %d bytes of shared memory"
        .formatted(instructions, registers, sharedBytes);
  }
}
