package io.firesteel.ptx.driver;

import io.firesteel.model.engine.Availability;
import java.util.List;

/** What was found out about the machine, and what follows from it. */
sealed interface DriverFacts {
  /** Oldest driver: the first whose graphs keep programmatic launches as edges when captured. */
  int MINIMUM_CUDA = 12_040;

  /** The driver branch that brought {@link #MINIMUM_CUDA}. */
  String MINIMUM_DRIVER = "550";

  /** Oldest compute capability: the first with bfloat16 and asynchronous copies. */
  int MINIMUM_ARCHITECTURE = 80;

  /** There is no driver library. */
  record NoDriver(String operatingSystem) implements DriverFacts {}

  /** The driver library is there and refuses to start. */
  record Failing(int code, String name) implements DriverFacts {}

  /** The driver runs. {@code cudaVersion} is 12040 for CUDA 12.4. */
  record Running(int cudaVersion, List<Device> devices) implements DriverFacts {}

  /** The devices that the kernels can run on; empty unless the driver runs and is new enough. */
  default List<Device> usable() {
    return switch (this) {
      case Running running when running.cudaVersion >= MINIMUM_CUDA ->
          running.devices.stream()
              .filter(device -> device.architecture() >= MINIMUM_ARCHITECTURE)
              .toList();
      case Running _, NoDriver _, Failing _ -> List.of();
    };
  }

  /** Usable, or why not and what helps. */
  default Availability judge() {
    return switch (this) {
      case NoDriver(String system) when !system.startsWith("Linux") ->
          new Availability.Refused(
              "the PTX engine needs Linux on x86-64 and this is " + system,
              "Run on Linux (WSL 2 will do) with an NVIDIA driver");
      case NoDriver _ ->
          new Availability.Refused(
              "no NVIDIA driver: the dynamic linker finds no " + DriverLibrary.CUDA,
              "Install an NVIDIA driver of version "
                  + MINIMUM_DRIVER
                  + " or later; in a container, start it with --gpus all (NVIDIA Container"
                  + " Toolkit)");
      case Failing(int code, String name) ->
          new Availability.Refused(
              "the NVIDIA driver does not start: " + name + " (" + code + ")",
              sentence(CudaError.remedy(code)));
      case Running(int version, List<Device> _) when version < MINIMUM_CUDA ->
          new Availability.Refused(
              "the NVIDIA driver is too old: it offers CUDA "
                  + cuda(version)
                  + ", needed is "
                  + cuda(MINIMUM_CUDA),
              "Update the NVIDIA driver to version " + MINIMUM_DRIVER + " or later");
      case Running(int _, List<Device> devices) when devices.isEmpty() ->
          new Availability.Refused(
              "the NVIDIA driver finds no GPU", sentence(CudaError.remedy(100)));
      case Running running when running.usable().isEmpty() ->
          new Availability.Refused(
              "the GPU is too old: "
                  + String.join(", ", running.devices.stream().map(Device::describe).toList())
                  + "; needed is compute capability 8.0",
              "Use a GPU of the Ampere generation (2020) or later");
      case Running running ->
          new Availability.Usable(
              running.usable().getFirst().describe() + ", CUDA " + cuda(running.cudaVersion));
    };
  }

  private static String cuda(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  private static String sentence(String remedy) {
    return Character.toUpperCase(remedy.charAt(0)) + remedy.substring(1);
  }
}
