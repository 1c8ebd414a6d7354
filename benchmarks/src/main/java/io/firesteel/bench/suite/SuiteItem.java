package io.firesteel.bench.suite;

import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * A question and what makes an answer to it right.
 *
 * @param id its name in the data set
 * @param category what kind of question it is
 * @param messages the conversation so far, an array of messages as chat templates take them
 * @param tools tool descriptions as chat templates take them; an empty array for none
 * @param scorer whether a reply is right
 */
public record SuiteItem(
    String id, String category, JsonNode messages, JsonNode tools, Predicate<String> scorer) {}
