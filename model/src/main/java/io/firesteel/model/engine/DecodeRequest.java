package io.firesteel.model.engine;

import io.firesteel.model.sampling.SamplingParameters;

/**
 * A run of tokens to be decoded on the device for one sequence.
 *
 * @param token the token to feed first
 * @param position its position
 * @param pageTable pages of the sequence, enough for {@code position + count} positions
 * @param count largest number of tokens to sample, at least 1; under a mask see {@link
 *     DeviceDecoder#decode(DecodeRequest, io.firesteel.model.sampling.TokenMask)}
 * @param parameters how to sample
 * @param recent latest tokens of the sequence, oldest first and including {@code token}, for the
 *     penalties
 * @param draws number of tokens that the sequence has drawn before
 * @param stopTokens ids that end the run when drawn
 */
public record DecodeRequest(
    int token,
    int position,
    int[] pageTable,
    int count,
    SamplingParameters parameters,
    int[] recent,
    long draws,
    int[] stopTokens) {}
