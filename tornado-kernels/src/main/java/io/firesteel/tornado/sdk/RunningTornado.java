package io.firesteel.tornado.sdk;

import java.util.Arrays;
import java.util.List;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * The TornadoVM that this process was started with, whoever started it.
 *
 * @param backend code generator that it uses unless told otherwise
 * @param computeUnits multiprocessors or cores of the device that it uses unless told otherwise
 */
public record RunningTornado(Backend backend, int computeUnits) {
  private static final String RUNTIME_MODULE = "tornado.runtime";
  private static final String START =
      "start it with TornadoVM's own launcher, or with the options that"
          + " io.firesteel.tornado.sdk.LauncherFlags writes";

  /**
   * Asks TornadoVM, which loads its driver.
   *
   * @throws SdkException if Java was not started with TornadoVM, its backend is not one that
   *     kernels run on, or it does not start
   */
  public static RunningTornado query() throws SdkException {
    if (ModuleLayer.boot().findModule(RUNTIME_MODULE).isEmpty()) {
      throw new SdkException("Java was started without TornadoVM's modules", START);
    }
    try {
      TornadoBackend running = TornadoRuntimeProvider.getTornadoRuntime().getBackend(0);
      return new RunningTornado(
          backend(running.getBackendType().name()),
          running.getDefaultDevice().getPhysicalDevice().getDeviceMaxComputeUnits());
    } catch (RuntimeException | LinkageError e) {
      throw new SdkException("TornadoVM does not start: " + e.getMessage(), START, e);
    }
  }

  private static Backend backend(String type) throws SdkException {
    List<Backend> known = Arrays.asList(Backend.values());
    return known.stream()
        .filter(b -> b.name().equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                new SdkException(
                    "TornadoVM runs its " + type + " backend, expected one of " + Backend.labels(),
                    START));
  }
}
