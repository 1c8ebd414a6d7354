package io.firesteel.bench.peer;

import io.firesteel.bench.measure.Samples;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Any program that prints a rate, described by a properties file:
 *
 * <pre>
 * name = other engine
 * decode.command = /opt/other/bench --model {model} --depth {context} --tokens {tokens}
 * decode.rate = decode: ([0-9.]+) tok/s
 * prefill.command = /opt/other/bench --model {model} --prompt {prompt}
 * prefill.rate = prefill: ([0-9.]+) tok/s
 * </pre>
 *
 * <p>Commands are split at blanks and run without a shell, once for each sample. The pattern's
 * first group is the rate in tokens a second; every match is a sample. {@code prefill} may be left
 * out.
 */
public final class AdaptedProgram implements Peer {
  private static final Set<String> KEYS =
      new TreeSet<>(
          List.of("name", "decode.command", "decode.rate", "prefill.command", "prefill.rate"));

  private final Path file;
  private final Properties properties;

  private AdaptedProgram(Path file, Properties properties) {
    this.file = file;
    this.properties = properties;
  }

  /**
   * Reads a description.
   *
   * @throws IOException if a key is missing or unknown, or a pattern is none
   */
  public static AdaptedProgram read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    AdaptedProgram program = new AdaptedProgram(file, properties);
    for (String key : properties.stringPropertyNames()) {
      if (!KEYS.contains(key)) {
        throw new IOException("%s: key %s is unknown, expected %s".formatted(file, key, KEYS));
      }
    }
    program.required("name");
    program.required("decode.command");
    program.pattern("decode.rate");
    if (properties.containsKey("prefill.command")) {
      program.pattern("prefill.rate");
    }
    return program;
  }

  private String required(String key) throws IOException {
    String value = properties.getProperty(key, "").strip();
    if (value.isEmpty()) {
      throw new IOException("%s: key %s is missing".formatted(file, key));
    }
    return value;
  }

  private Pattern pattern(String key) throws IOException {
    try {
      Pattern pattern = Pattern.compile(required(key));
      if (pattern.matcher("").groupCount() == 0) {
        throw new IOException("%s: %s has no group for the rate".formatted(file, key));
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      throw new IOException("%s: %s is no pattern: %s".formatted(file, key, e.getDescription()), e);
    }
  }

  @Override
  public String name() {
    return properties.getProperty("name");
  }

  @Override
  public List<PeerResult> measure(Path model, Workload workload) throws IOException {
    List<PeerResult> results = new ArrayList<>();
    for (int context : workload.contexts()) {
      Map<String, Object> values =
          Map.of("model", model, "context", context, "tokens", workload.tokens());
      results.add(
          new PeerResult(
              PeerResult.Kind.DECODE, context, samples("decode", values, workload.repeats())));
    }
    for (int prompt :
        properties.containsKey("prefill.command") ? workload.prefills() : List.<Integer>of()) {
      Map<String, Object> values = Map.of("model", model, "prompt", prompt);
      results.add(
          new PeerResult(
              PeerResult.Kind.PREFILL, prompt, samples("prefill", values, workload.repeats())));
    }
    return results;
  }

  private Samples samples(String kind, Map<String, Object> values, int repeats) throws IOException {
    List<String> command =
        Arrays.stream(required(kind + ".command").split("\\s+"))
            .map(word -> filledIn(word, values))
            .toList();
    Pattern pattern = pattern(kind + ".rate");
    List<Double> rates = new ArrayList<>();
    while (rates.size() < repeats) {
      String out = new ChildProgram(command).run();
      int before = rates.size();
      Matcher matcher = pattern.matcher(out);
      while (matcher.find()) {
        rates.add(number(kind, matcher.group(1)));
      }
      if (rates.size() == before) {
        throw new IOException(
            "%s printed nothing that matches %s.rate = %s".formatted(name(), kind, pattern));
      }
    }
    return new Samples(rates.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static String filledIn(String word, Map<String, Object> values) {
    String filled = word;
    for (Map.Entry<String, Object> value : values.entrySet()) {
      filled = filled.replace("{" + value.getKey() + "}", value.getValue().toString());
    }
    return filled;
  }

  private double number(String kind, String text) throws IOException {
    try {
      return Double.parseDouble(text.toLowerCase(Locale.ROOT));
    } catch (NumberFormatException e) {
      throw new IOException(
          "%s: %s.rate found '%s', which is no number".formatted(file, kind, text), e);
    }
  }
}
