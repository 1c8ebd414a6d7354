package io.firesteel.tornado.sdk;

/**
 * How large a graph of TornadoVM's can be: it keeps what it knows of one in arrays of fixed size.
 *
 * @param tasks of a graph
 * @param bytes of the form that a graph is first written in: 16 for each task, 5 for each argument
 * @param nodes of the form that TornadoVM makes of it
 */
public record GraphLimits(int tasks, int bytes, int nodes) {
  /** As TornadoVM 5.2 comes: some 85 of a model's tasks. */
  static final GraphLimits UNCHANGED = new GraphLimits(256, 8192, 1024);

  /** As {@link SdkPatches} raise them for the PTX backend. */
  static final GraphLimits RAISED = new GraphLimits(1 << 12, 1 << 20, 1 << 15);

  /** The limits in this process. */
  public static GraphLimits current() {
    return SdkPatches.areActive() ? RAISED : UNCHANGED;
  }
}
