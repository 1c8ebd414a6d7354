package io.firesteel.model;

import io.firesteel.model.sampling.LogProbabilities;
import java.util.Optional;

/**
 * One generated token.
 *
 * @param token its id
 * @param text text that became certain with it; empty within a character or while it could be the
 *     beginning of a stop string. The texts of all pieces together are the answer
 * @param logProbabilities what the model gave to it and its rivals, if that was asked for
 */
public record Piece(int token, String text, Optional<LogProbabilities> logProbabilities) {}
