package io.firesteel.model.engine;

import io.firesteel.model.sampling.SamplingParameters;

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
}
