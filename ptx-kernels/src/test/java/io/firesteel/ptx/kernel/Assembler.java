package io.firesteel.ptx.kernel;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Turns PTX into machine code, only to see that it can be done and what it takes. */
interface Assembler {
  /**
   * What a kernel uses.
   *
   * @param registers registers of a thread
   * @param spillBytes bytes spilled to local memory, stores and loads together
   * @param stackBytes bytes of local memory of a thread
   * @param sharedBytes static shared memory of a CTA
   */
  record Usage(int registers, int spillBytes, int stackBytes, int sharedBytes) {}

  /** Whether it can assemble for a target here. */
  boolean knows(Target target);

  /** Assembles a module and returns what each entry uses; fails with the assembler's own words. */
  Map<String, Usage> assemble(String module, Target target);

  /** NVIDIA's assembler where a CUDA toolkit is installed, else JCuda's, which ends with sm_90. */
  static Optional<Assembler> forTarget(Target target) {
    return Stream.of(new Ptxas(), new JCudaAssembler()).filter(a -> a.knows(target)).findFirst();
  }

  /** Reads the report that both write when asked to be verbose. */
  static Map<String, Usage> parse(String report) {
    Pattern entryName = Pattern.compile("Compiling entry function '(\\w+)'");
    Pattern spilled =
        Pattern.compile(
            "(\\d+) bytes stack frame, (\\d+) bytes spill stores, (\\d+) bytes spill loads");
    Pattern used = Pattern.compile("Used (\\d+) registers(?:.*?(\\d+) bytes smem)?");
    Map<String, Usage> usages = new HashMap<>();
    String entry = "";
    int stack = 0;
    int spills = 0;
    for (String line : report.lines().toList()) {
      Matcher m = entryName.matcher(line);
      if (m.find()) {
        entry = m.group(1);
      }
      m = spilled.matcher(line);
      if (m.find()) {
        stack = Integer.parseInt(m.group(1));
        spills = Integer.parseInt(m.group(2)) + Integer.parseInt(m.group(3));
      }
      m = used.matcher(line);
      if (m.find()) {
        int shared = m.group(2) == null ? 0 : Integer.parseInt(m.group(2));
        usages.put(entry, new Usage(Integer.parseInt(m.group(1)), spills, stack, shared));
      }
    }
    return usages;
  }
}
