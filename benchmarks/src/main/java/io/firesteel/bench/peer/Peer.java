package io.firesteel.bench.peer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Another program that decodes. */
public interface Peer {
  /** Its name and version as far as it tells; known after the first {@link #measure}. */
  String name();

  /**
   * Measures on one model.
   *
   * @param model the file
   * @param workload what to run, all of it in each call
   * @throws IOException if the program fails or its output is not understood
   */
  List<PeerResult> measure(Path model, Workload workload) throws IOException;
}
