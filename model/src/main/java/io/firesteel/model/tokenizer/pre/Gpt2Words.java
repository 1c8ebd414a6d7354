package io.firesteel.model.tokenizer.pre;

/**
 * GPT-2's pattern: {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+|
 * ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}.
 */
final class Gpt2Words implements Pass {

  @Override
  public int match(ClassifiedText text, int at, int end) {
    int stop = Runs.contraction(text, at, end, false);
    if (stop == NO_MATCH) {
      stop = Runs.blankThenRun(text, at, end, CharacterClass::isLetter);
    }
    if (stop == NO_MATCH) {
      stop = Runs.blankThenRun(text, at, end, CharacterClass::isNumber);
    }
    if (stop == NO_MATCH) {
      stop = Runs.blankThenRun(text, at, end, CharacterClass::isNeitherSpaceNorWord);
    }
    return stop == NO_MATCH ? Runs.spaces(text, at, end) : stop;
  }
}
