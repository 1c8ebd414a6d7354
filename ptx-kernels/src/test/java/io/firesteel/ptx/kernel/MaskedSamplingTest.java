package io.firesteel.ptx.kernel;

/** Sampling under masks on the interpreter. */
class MaskedSamplingTest extends MaskedSamplingConformance {
  MaskedSamplingTest() {
    super(new Bench(), 1, 100, 4099);
  }
}
