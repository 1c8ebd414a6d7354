package io.firesteel.ptx.driver;

import java.util.Arrays;

/** The driver's error codes that users meet, each with what helps. */
enum CudaError {
  INVALID_VALUE(1, "check sizes, addresses and launch geometry against the kernel's contract"),
  OUT_OF_MEMORY(
      2,
      "use a shorter context, a Q8 KV cache or a smaller model, or end other programs on the device"
          + " (nvidia-smi lists them)"),
  NOT_INITIALIZED(3, "open a Context first"),
  DEINITIALIZED(4, "the driver is shutting down: close contexts before the process exits"),
  STUB_LIBRARY(
      34,
      "the libcuda.so.1 that was found is the toolkit's stub: put the driver's own library first in"
          + " the library path"),
  DEVICE_UNAVAILABLE(
      46,
      "the device is in exclusive or prohibited mode, or held by another process: see nvidia-smi"),
  NO_DEVICE(
      100,
      "check that nvidia-smi lists a GPU, that CUDA_VISIBLE_DEVICES does not hide it and, in a"
          + " container, that it was started with --gpus"),
  INVALID_DEVICE(101, "choose one of the devices that nvidia-smi lists"),
  INVALID_IMAGE(200, "the kernel's text is damaged: rebuild or reinstall"),
  INVALID_CONTEXT(201, "the context was destroyed or belongs to other code: open a new Context"),
  NO_BINARY_FOR_GPU(209, "the kernel was specialised for another GPU: load it for this device"),
  INVALID_PTX(218, "the kernel's text does not assemble; the log above names the line"),
  UNSUPPORTED_PTX_VERSION(222, "update the NVIDIA driver"),
  JIT_COMPILER_NOT_FOUND(
      221, "install libnvidia-ptxjitcompiler.so.1, which comes with the NVIDIA driver"),
  NOT_FOUND(500, "the module has no such entry: check its name"),
  NOT_READY(600, "wait for the stream or event first"),
  ILLEGAL_ADDRESS(
      700,
      "a kernel read or wrote outside its memory; the driver gives this process no new context:"
          + " start the program again, and run it under compute-sanitizer to find the access"),
  LAUNCH_OUT_OF_RESOURCES(
      701,
      "the kernel needs more registers or shared memory than the device has: use smaller blocks"),
  LAUNCH_TIMEOUT(702, "a watchdog ended the kernel: use a device that drives no display"),
  CONTEXT_IS_DESTROYED(709, "open a new Context"),
  ASSERT(710, "a kernel's own check failed; close the context and open a new one"),
  HARDWARE_STACK_ERROR(
      714, "the driver gives this process no new context: start the program again"),
  ILLEGAL_INSTRUCTION(715, "the driver gives this process no new context: start the program again"),
  MISALIGNED_ADDRESS(
      716,
      "a kernel was given an address that is not aligned as its contract asks; the driver gives"
          + " this process no new context: start the program again"),
  INVALID_ADDRESS_SPACE(
      717, "the driver gives this process no new context: start the program again"),
  INVALID_PC(718, "the driver gives this process no new context: start the program again"),
  LAUNCH_FAILED(719, "the driver gives this process no new context: start the program again"),
  COOPERATIVE_LAUNCH_TOO_LARGE(720, "launch no more blocks than fit on the device at once"),
  NOT_PERMITTED(800, "ask for access to the device (group membership, container settings)"),
  NOT_SUPPORTED(801, "the device or driver lacks this feature: update the driver"),
  SYSTEM_NOT_READY(802, "start nvidia-fabricmanager, then try again"),
  SYSTEM_DRIVER_MISMATCH(
      803,
      "the loaded kernel module and libcuda.so.1 differ in version: reboot after a driver update"),
  COMPAT_NOT_SUPPORTED_ON_DEVICE(
      804, "remove the cuda-compat package from the library path, or update the driver"),
  STREAM_CAPTURE_UNSUPPORTED(
      900, "this call cannot be part of a graph: make it before the capture"),
  STREAM_CAPTURE_INVALIDATED(901, "an earlier call broke the capture: see the first error"),
  UNKNOWN(999, "see the kernel log (dmesg) for NVRM messages; reload the driver or reboot");

  private static final String NO_REMEDY =
      "see this code in the CUDA driver API documentation and the kernel log (dmesg)";

  private final int code;
  private final String remedy;

  CudaError(int code, String remedy) {
    this.code = code;
    this.remedy = remedy;
  }

  static String remedy(int code) {
    return Arrays.stream(values())
        .filter(error -> error.code == code)
        .map(error -> error.remedy)
        .findFirst()
        .orElse(NO_REMEDY);
  }

  /** Whether the context is unusable after this error, so that every later call repeats it. */
  static boolean isLasting(int code) {
    return code == DEINITIALIZED.code
        || code == INVALID_CONTEXT.code
        || code == ILLEGAL_ADDRESS.code
        || code == LAUNCH_TIMEOUT.code
        || code >= CONTEXT_IS_DESTROYED.code && code <= LAUNCH_FAILED.code;
  }
}
