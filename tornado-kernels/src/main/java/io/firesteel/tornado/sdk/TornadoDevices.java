package io.firesteel.tornado.sdk;

import io.firesteel.loader.file.ByteSize;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * What the TornadoVM of this process can run on.
 *
 * @param version of the SDK
 * @param backend code generator in use
 * @param devices the devices, in TornadoVM's order; the engine uses the first
 */
public record TornadoDevices(String version, Backend backend, List<TornadoDevices.Device> devices) {
  /**
   * A device.
   *
   * @param name as its driver calls it
   * @param memoryBytes its memory
   * @param computeUnits multiprocessors of a GPU, cores of a CPU
   */
  public record Device(String name, long memoryBytes, int computeUnits) {}

  private static final String RUNTIME_MODULE = "tornado.runtime";

  /** Takes an immutable copy. */
  public TornadoDevices {
    devices = List.copyOf(devices);
  }

  /** The device that is used. */
  public Device first() {
    return devices.getFirst();
  }

  /** On one line. */
  public String describe() {
    StringBuilder text =
        new StringBuilder("TornadoVM " + version + ", " + backend.label() + " backend, ");
    for (int i = 0; i < devices.size(); i++) {
      Device device = devices.get(i);
      text.append(i == 0 ? "" : ", also ")
          .append(device.name())
          .append(" with ")
          .append(ByteSize.format(device.memoryBytes()));
    }
    return text.toString();
  }

  /**
   * Asks the TornadoVM that the settings name, which loads its driver.
   *
   * @throws SdkException if none suits, this process was not started for it, or it finds no device
   */
  public static TornadoDevices query(TornadoSettings settings) throws SdkException {
    TornadoSdk sdk = TornadoSdk.find(settings);
    Backend backend = settings.backend();
    if (ModuleLayer.boot().findModule(RUNTIME_MODULE).isEmpty()
        || ModuleLayer.boot().findModule(backend.module()).isEmpty()) {
      throw new SdkException(
          "Java was started without TornadoVM's modules",
          "start it with ./firesteel, or with the options that"
              + " io.firesteel.tornado.sdk.LauncherFlags writes");
    }
    try {
      List<Device> devices = find();
      if (devices.isEmpty()) {
        throw new SdkException(
            "TornadoVM finds no device for its " + backend.label() + " backend", remedy(backend));
      }
      return new TornadoDevices(sdk.version(), backend, devices);
    } catch (RuntimeException | LinkageError e) {
      throw new SdkException(
          "TornadoVM's " + backend.label() + " backend does not start: " + cause(e),
          remedy(backend),
          e);
    }
  }

  private static List<Device> find() {
    List<Device> devices = new ArrayList<>();
    TornadoBackend driver = TornadoRuntimeProvider.getTornadoRuntime().getBackend(0);
    for (int i = 0; i < driver.getNumDevices(); i++) {
      TornadoTargetDevice device = driver.getDevice(i).getPhysicalDevice();
      devices.add(
          new Device(
              device.getDeviceName(),
              device.getDeviceGlobalMemorySize(),
              device.getDeviceMaxComputeUnits()));
    }
    return devices;
  }

  private static String remedy(Backend backend) {
    return switch (backend) {
      case PTX -> "install NVIDIA's driver, or set tornado.backend = opencl in tornado.properties";
      case OPENCL -> "install an OpenCL driver of the device; for a CPU: PoCL";
    };
  }

  private static String cause(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null
        ? deepest.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }
}
