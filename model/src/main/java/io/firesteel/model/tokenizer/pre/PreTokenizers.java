package io.firesteel.model.tokenizer.pre;

import io.firesteel.model.tokenizer.pre.PreTokenizer.Defaults;
import io.firesteel.model.tokenizer.pre.PrefixedWords.Tail;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The table of known pre-tokenisers. Patterns and defaults are those of the published models. */
final class PreTokenizers {

  private static final Defaults CLEANING = new Defaults(false, false, true, true);
  private static final Defaults PLAIN = new Defaults(false, false, false, true);
  private static final Defaults WHOLE_WORDS_BOS = new Defaults(true, true, true, true);

  private static final Pass GPT2 = new Gpt2Words();
  private static final Pass LLAMA3 = PrefixedWords.groupingDigitsBy(3);
  private static final PrefixedWords QWEN2 = PrefixedWords.groupingDigitsBy(1);
  private static final Pass ONE_NUMBER = Digits.numbers(1);
  private static final Pass ALL_NUMBERS = Digits.numbers(Integer.MAX_VALUE);
  private static final Pass DEEPSEEK3 = new PunctuatedWords(PunctuatedWords.LineBreaks.LINES);

  private static final Pass LINE_BREAK =
      (text, at, end) -> CharacterClass.isLineBreak(text.unit(at)) ? at + 1 : Pass.NO_MATCH;

  /** {@code [^\n]+|[\n]+} */
  private static final Pass LINES =
      (text, at, end) -> {
        boolean breaks = text.unit(at) == '\n';
        return Runs.endOfRun(text, at, end, unit -> unit == '\n' == breaks);
      };

  /** {@code \s+$} */
  private static final Pass TRAILING_SPACES = new TrailingSpaces();

  private static final CodePointSet STOPS =
      CodePointSet.of("(|.,!?)\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C");

  /** {@code ?[^(\s|.,!?…。，、।۔،)]+} */
  private static final Pass BETWEEN_STOPS =
      (text, at, end) -> {
        int first = text.unit(at) == ' ' ? at + 1 : at;
        int stop = first;
        while (stop < end
            && !CharacterClass.isSpace(text.unit(stop))
            && !STOPS.contains(text.codePoint(stop))) {
          stop++;
        }
        return stop > first ? stop : Pass.NO_MATCH;
      };

  /** Hangul, then eastern punctuation, bopomofo, and ideographs with kana, each in runs. */
  private static final Pass EASTERN_SCRIPTS =
      firstOf(
          CodePointSet.of("\uAC00-\uD7A3\u3131-\u318E").run(),
          CodePointSet.of(
                  "\uFF01\u2026\u201C\u201D\u2018\u2019\u2014\uFF1A\uFF1B\uFF0C"
                      + "\u3001-\u303F\uFE30-\uFE4F")
              .run(),
          CodePointSet.of("\u3105-\u312F").run(),
          DeepSeekSets.IDEOGRAPHS_AND_KANA.run());

  private static final CodePointSet ASIAN_SCRIPTS =
      CodePointSet.of(
          "\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF\u3040-\u309F\u30A0-\u30FF\uFF65-\uFF9F"
              + "\u2F00-\u2FDF\u0E00-\u0E7F\u0E80-\u0EFF\u1780-\u17FF\u1000-\u109F\uAA60-\uAA7F"
              + "\uA9E0-\uA9FF\uAC00-\uD7AF\u1100-\u11FF");

  static final NavigableMap<String, PreTokenizer> ALL = table();

  private PreTokenizers() {}

  private static NavigableMap<String, PreTokenizer> table() {
    TreeMap<String, PreTokenizer> table = new TreeMap<>();
    gpt2Family(table);
    llama3Family(table);
    deepSeekFamily(table);
    punctuationFirst(table);
    caseSplitting(table);
    others(table);
    return Collections.unmodifiableNavigableMap(table);
  }

  private static void gpt2Family(Map<String, PreTokenizer> table) {
    add(
        table,
        CLEANING,
        List.of(GPT2),
        "gpt-2",
        "phi-2",
        "jina-es",
        "jina-de",
        "jina-v2-es",
        "jina-v2-de",
        "jina-v1-en",
        "jina-v2-code",
        "roberta-bpe",
        "gigachat",
        "a.x-4.0",
        "mellum",
        "modern-bert",
        "exaone4",
        "mpt",
        "olmo",
        "jais");
    add(table, PLAIN, List.of(GPT2), "trillion", "granite-docling");
    add(
        table,
        CLEANING,
        List.of(ONE_NUMBER, GPT2),
        "starcoder",
        "refact",
        "codeshell",
        "exaone",
        "minerva-7b",
        "mellum2");
    add(table, PLAIN, List.of(ONE_NUMBER, GPT2), "command-r", "smollm");
  }

  private static void llama3Family(Map<String, PreTokenizer> table) {
    add(
        table,
        WHOLE_WORDS_BOS,
        List.of(LLAMA3),
        "llama3",
        "llama-v3",
        "llama-bpe",
        "falcon3",
        "falcon-h1",
        "pixtral",
        "midm-2.0",
        "lfm2",
        "jina-v5-nano");
    add(table, CLEANING, List.of(LLAMA3), "dbrx", "smaug-bpe");
    add(table, new Defaults(false, false, true, false), List.of(LLAMA3), "glm4", "chatglm-bpe");
    add(
        table,
        PLAIN,
        List.of(QWEN2),
        "qwen2",
        "deepseek-r1-qwen",
        "kormo",
        "f2llmv2",
        "hunyuan",
        "solar-open",
        "grok-2");
    add(table, CLEANING, List.of(QWEN2), "stablelm2", "megrez");
    add(
        table,
        PLAIN,
        List.of(
            QWEN2
                .withLetters(PrefixedWords::lettersAndMarks)
                .withOthers(CharacterClass::isNeitherSpaceNorMarkedWord)),
        "qwen35");
    add(table, PLAIN, List.of(QWEN2), "bailingmoe", "bailingmoe2", "llada-moe");
    add(table, PLAIN, List.of(QWEN2.withTail(Tail.NOTHING)), "seed-coder");
    add(table, PLAIN, List.of(QWEN2.withContractions(false)), "ufakzeka");
    add(table, PLAIN, List.of(LINES, QWEN2), "laguna");
    add(
        table,
        new Defaults(true, false, true, true),
        List.of(Digits.numbers(3), PrefixedWords.groupingDigitsBy(Integer.MAX_VALUE)),
        "minicpm5");
    add(
        table,
        CLEANING,
        List.of(PrefixedWords.groupingDigitsBy(3).withSpaces(PrefixedWords::spacesInPowersOfTwo)),
        "jais-2");
    add(
        table,
        CLEANING,
        List.of(QWEN2.withLetters(PrefixedWords::phrases).withTail(Tail.ONE_LINE_BREAK_OR_SLASH)),
        "exaone-moe");
    add(table, PLAIN, List.of(new KimiWords()), "kimi-k2");
  }

  private static void deepSeekFamily(Map<String, PreTokenizer> table) {
    add(
        table,
        PLAIN,
        List.of(
            LINE_BREAK,
            DeepSeekSets.CASED_LETTERS.runAfterSpace(),
            DeepSeekSets.PUNCTUATION.runAfterSpace(),
            TRAILING_SPACES,
            DeepSeekSets.EASTERN.run(),
            ALL_NUMBERS),
        "deepseek-llm");
    add(
        table,
        PLAIN,
        List.of(
            LINE_BREAK,
            (text, at, end) -> Runs.spaceThenRun(text, at, end, CharacterClass::isLetter),
            (text, at, end) -> Runs.spaceThenRun(text, at, end, CharacterClass::isPunctuation),
            DeepSeekSets.EASTERN.run(),
            ONE_NUMBER),
        "deepseek-coder");
    add(
        table,
        PLAIN,
        List.of(Digits.numbers(3), DeepSeekSets.IDEOGRAPHS_AND_KANA.run(), DEEPSEEK3),
        "deepseek-v3",
        "hunyuan-dense",
        "joyai-llm",
        "hy_v4");
    add(
        table,
        PLAIN,
        List.of(
            Digits.numbers(3),
            DeepSeekSets.IDEOGRAPHS_AND_KANA.run(),
            new PunctuatedWords(PunctuatedWords.LineBreaks.SINGLE),
            ONE_NUMBER),
        "spark2_5");
    add(
        table,
        PLAIN,
        List.of(Digits::threesFromTheEndWithLead, ASIAN_SCRIPTS.run(), DEEPSEEK3),
        "afmoe");
  }

  private static void punctuationFirst(Map<String, PreTokenizer> table) {
    add(
        table,
        CLEANING,
        List.of(punctuationAnd("$+<=>^~|"), GPT2, ALL_NUMBERS, Digits::three),
        "default");
    add(table, CLEANING, List.of(punctuationAnd("$+<=>^~|`"), GPT2, Digits::three), "falcon");
    add(
        table,
        new Defaults(false, true, false, true),
        List.of(
            ChameleonTokens::sentinel,
            ChameleonTokens::image,
            ChameleonTokens::indentation,
            ONE_NUMBER,
            ChameleonTokens::punctuation,
            GPT2),
        "chameleon");
  }

  private static void caseSplitting(Map<String, PreTokenizer> table) {
    Runs.UnitTest letter = CharacterClass::isLetter;
    add(
        table,
        new Defaults(true, true, false, true),
        List.of(
            QWEN2
                .withContractions(false)
                .withLetters(new CasedWords(letter, false))
                .withTail(Tail.LINE_BREAKS_OR_SLASHES)),
        "tekken");
    PrefixedWords gpt4o =
        PrefixedWords.groupingDigitsBy(3)
            .withContractions(false)
            .withLetters(new CasedWords(letter, true))
            .withTail(Tail.LINE_BREAKS_OR_SLASHES);
    add(table, PLAIN, List.of(gpt4o), "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2");
    add(
        table,
        new Defaults(true, false, false, true),
        List.of(gpt4o.withLetters(new CasedWords(CharacterClass::isLetterOrMark, true))),
        "granite-embed-multi-97m");
    add(
        table,
        new Defaults(true, false, false, true),
        List.of(
            EASTERN_SCRIPTS,
            gpt4o.withDigits(1).withLetters(PrefixedWords::lettersMarksAndContraction)),
        "youtu");
  }

  private static void others(Map<String, PreTokenizer> table) {
    add(table, CLEANING, List.of(BETWEEN_STOPS), "bloom", "gpt3-finnish");
    add(table, PLAIN, List.of(BETWEEN_STOPS), "poro-chat");
    add(table, PLAIN, List.of(BETWEEN_STOPS, ONE_NUMBER), "viking");
  }

  /** {@code [\p{P}…]+} with the given ASCII characters besides. */
  private static Pass punctuationAnd(String ascii) {
    return (text, at, end) -> {
      int stop =
          Runs.endOfRun(
              text,
              at,
              end,
              unit -> CharacterClass.isPunctuation(unit) || (unit > 0 && ascii.indexOf(unit) >= 0));
      return stop > at ? stop : Pass.NO_MATCH;
    };
  }

  private static Pass firstOf(Pass... alternatives) {
    return (text, at, end) -> {
      for (Pass alternative : alternatives) {
        int stop = alternative.match(text, at, end);
        if (stop != Pass.NO_MATCH) {
          return stop;
        }
      }
      return Pass.NO_MATCH;
    };
  }

  private static void add(
      Map<String, PreTokenizer> table, Defaults defaults, List<Pass> passes, String... names) {
    for (String name : names) {
      table.put(name, new PreTokenizer(name, passes, defaults));
    }
  }

  private static final class TrailingSpaces implements Pass {
    @Override
    public int match(ClassifiedText text, int at, int end) {
      return CharacterClass.isSpace(text.unit(at)) && endOfSpaces(text, at, end) == end
          ? end
          : NO_MATCH;
    }

    @Override
    public int resume(ClassifiedText text, int at, int end) {
      return Math.max(at + 1, endOfSpaces(text, at, end));
    }

    private static int endOfSpaces(ClassifiedText text, int at, int end) {
      return Runs.endOfRun(text, at, end, CharacterClass::isSpace);
    }
  }
}
