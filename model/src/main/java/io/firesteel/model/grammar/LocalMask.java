package io.firesteel.model.grammar;

import java.util.BitSet;

/**
 * The tokens that a rule allows whoever has called it.
 *
 * @param allowed tokens within the rule, or ending with it
 * @param exits nodes of the trie at which the rule may have ended: what may follow there depends on
 *     the caller
 */
record LocalMask(BitSet allowed, int[] exits) {}
