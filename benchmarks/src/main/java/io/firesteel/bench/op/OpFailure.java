package io.firesteel.bench.op;

/**
 * A case that an implementation offers and does not run.
 *
 * @param implementation its name
 * @param wanted the case
 * @param reason what went wrong
 */
public record OpFailure(String implementation, OpCase wanted, String reason) {}
