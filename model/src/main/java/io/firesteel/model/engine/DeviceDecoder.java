package io.firesteel.model.engine;

import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;

/** Decodes several tokens per host round trip: each sampled token is fed back on the device. */
public interface DeviceDecoder {
  /**
   * Whether the device can sample this way; otherwise the host samples from {@link
   * Engine#forward}'s logits.
   */
  boolean supports(SamplingParameters parameters);

  /**
   * Feeds the request's token, samples the next one, feeds it, and so on.
   *
   * @return the sampled tokens, at most {@link DecodeRequest#count}; the last one is a stop token
   *     if one was drawn. All but the last have been fed, that is, their keys and values are in the
   *     cache.
   * @throws EngineException if the device fails; the engine must then be closed
   */
  int[] decode(DecodeRequest request) throws EngineException;

  /**
   * Whether the device can draw among the tokens of a mask; otherwise the host does so from {@link
   * Engine#forward}'s logits.
   */
  default boolean supportsMasks() {
    return false;
  }

  /**
   * Feeds the request's token and samples the next one among those that a mask allows, as if the
   * logits of all others were negative infinity. The mask depends on the token before, so that only
   * one token is drawn for each call.
   *
   * <p>A {@link DecodeRequest#count} of 2 says that the sequence will go on: the drawn token is fed
   * too. The engine may still be at that when the call returns, so that the host finds the next
   * mask meanwhile; whatever is asked of the engine afterwards sees the token's keys and values in
   * the cache. If the next request goes on from there, nothing is computed twice.
   *
   * @param request its {@link DecodeRequest#count} is 1 or 2
   * @param allowed one bit for each token of the vocabulary, at least one set
   * @return the sampled token
   * @throws EngineException if the device fails; the engine must then be closed
   * @throws io.firesteel.model.sampling.InvalidLogitsException if no allowed token can be drawn
   * @throws UnsupportedOperationException unless {@link #supportsMasks}
   */
  default int decode(DecodeRequest request, TokenMask allowed) throws EngineException {
    throw new UnsupportedOperationException("this engine applies no masks on the device");
  }
}
