package io.firesteel.model.grammar;

/** In which order an object's listed properties may come. */
enum PropertyOrder {
  /** As the schema lists them, which makes most of an object certain. */
  SCHEMA,
  /**
   * As the model likes, in objects of at most 6 properties: a model that calls a tool knows an
   * order from its training, and answers worse in another.
   */
  FREE
}
