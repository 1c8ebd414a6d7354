package io.firesteel.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Each instruction with a reply that follows it and one that does not, judged by hand. */
class InstructionTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          keywords:existence | {"keywords": ["sea", "sun"]} | The Sun over the sea. | The moon over the sea.
          keywords:frequency | {"keyword": "sea", "frequency": 2, "relation": "at least"} | Sea, sea. | One sea.
          keywords:frequency | {"keyword": "sea", "frequency": 2, "relation": "less than"} | One sea. | Sea, sea.
          keywords:forbidden_words | {"forbidden_words": ["rain"]} | A train. | The rain.
          keywords:letter_frequency | {"letter": "x", "let_frequency": 2, "let_relation": "at least"} | Xx | x
          length_constraints:number_sentences | {"num_sentences": 2, "relation": "at least"} | One here. Two here. | One here.
          length_constraints:number_paragraphs | {"num_paragraphs": 2} | one ~***~ two | one
          length_constraints:number_words | {"num_words": 3, "relation": "less than"} | two words | now three words
          length_constraints:nth_paragraph_first_word | {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "then"} | First.~~Then, second. | First.~~Second.
          length_constraints:nth_paragraph_first_word | {"num_paragraphs": 1, "nth_paragraph": 1, "first_word": "Then"} | "Then" we go | "'Then' we go
          length_constraints:nth_paragraph_first_word | {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "then"} | First.~~then~~ | First.~~~~Then.
          detectable_content:number_placeholders | {"num_placeholders": 2} | [name] in [city] | [name]
          detectable_content:postscript | {"postscript_marker": "P.S."} | Bye.~P.S. More. | Bye.
          detectable_format:number_bullet_lists | {"num_bullets": 2} | * a~* b | * a~* b~* c
          detectable_format:number_bullet_lists | {"num_bullets": 1} | - a | **a**
          detectable_format:constrained_response | {} | My answer is yes. | Yes.
          detectable_format:number_highlighted_sections | {"num_highlights": 2} | *a* and *b* | *a* and b
          detectable_format:multiple_sections | {"section_spliter": "PART", "num_sections": 2} | PART 1 a PART 2 b | PART 1 a
          detectable_format:json_format | {} | ```json~{"a": 1}~``` | a: 1
          detectable_format:title | {} | <<Poem>>~text | <Poem>
          combination:two_responses | {} | one~******~two | one~******~one
          combination:repeat_prompt | {"prompt_to_repeat": "Say it."} | say it. Done. | Done.
          startend:end_checker | {"end_phrase": "Any questions?"} | Well. Any questions? | Any questions? No.
          startend:quotation | {} | "said" | said
          change_case:capital_word_frequency | {"capital_frequency": 2, "capital_relation": "at least"} | A BIG dog | a BIG dog
          change_case:capital_word_frequency | {"capital_frequency": 3, "capital_relation": "less than"} | A WELL-KNOWN | A WELL KNOWN
          change_case:capital_word_frequency | {"capital_frequency": 1, "capital_relation": "at least"} | the U.S. and more | the Us
          change_case:english_capital | {} | ALL OF IT, 3 | All OF IT
          change_case:english_lowercase | {} | all of it | All of it
          punctuation:no_comma | {} | a b | a, b
          """)
  void followedOrNot(String id, String values, String right, String wrong) {
    Instruction instruction = new Instruction(id, JsonMapper.shared().readTree(values));
    assertEquals(true, instruction.isFollowed(right.replace('~', '\n')), right);
    assertEquals(false, instruction.isFollowed(wrong.replace('~', '\n')), wrong);
    assertEquals(false, instruction.isFollowed(" \n"), "a blank reply follows nothing");
  }

  @Test
  void allInstructionsOfAnItemMustBeFollowedAndLanguagesAreLeftOut() throws IOException {
    Path file = folder.resolve("input_data.jsonl");
    Files.writeString(
        file,
        """
        {"key": 1, "prompt": "p", "instruction_id_list": ["punctuation:no_comma", "startend:quotation"], "kwargs": [{}, {}]}
        {"key": 2, "prompt": "p", "instruction_id_list": ["language:response_language"], "kwargs": [{"language": "de"}]}
        """);
    List<SuiteItem> items = IfEval.read(folder);
    assertEquals(1, items.size());
    assertEquals(true, items.getFirst().scorer().test("\"a b\""));
    assertEquals(false, items.getFirst().scorer().test("\"a, b\""));
    Files.writeString(
        file,
        "{\"key\": 1, \"prompt\": \"p\", \"instruction_id_list\": [\"x:y\"], \"kwargs\": [{}]}");
    assertThrows(IOException.class, () -> IfEval.read(folder));
  }
}
