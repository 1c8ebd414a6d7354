/**
 * Constrained decoding: answers that are bound to have a form.
 *
 * <p>A {@link io.firesteel.model.grammar.Grammar} comes from a JSON Schema, a regular expression, a
 * GBNF grammar or a list of choices. It is compiled into a pushdown automaton over bytes, whose
 * states are made deterministic as they are reached. A {@link
 * io.firesteel.model.grammar.GrammarMatcher} follows one answer through it and tells which tokens
 * of the vocabulary may come next; those sets are found by walking a trie of the vocabulary and are
 * kept with the state.
 */
package io.firesteel.model.grammar;
