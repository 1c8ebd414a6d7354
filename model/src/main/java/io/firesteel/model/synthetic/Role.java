package io.firesteel.model.synthetic;

/** What a tensor is for; decides its block type and the size of its values. */
enum Role {
  EMBEDDING,
  OUTPUT,
  QUERY,
  KEY,
  VALUE,
  ATTENTION_OUTPUT,
  GATE,
  UP,
  DOWN,
  ROUTER,
  SHARED_GATE,
  NORM,
  BIAS,
  ROPE_FACTORS;

  /**
   * Standard deviation of a tensor's values, such that activations keep their size through all
   * layers: projections preserve the mean square of their input, and what they add to the residual
   * stream is held down by the depth.
   *
   * @param inputs elements that are summed for one output
   */
  double deviation(Shape shape, long inputs) {
    double preserving = 1 / Math.sqrt((double) inputs);
    return switch (this) {
      case ATTENTION_OUTPUT, DOWN -> preserving / Math.sqrt(2.0 * shape.layers());
      case ROUTER, OUTPUT -> 2 * preserving; // clear preferences, as after training
      case BIAS, NORM -> 0.1;
      default -> preserving;
    };
  }
}
