package io.firesteel.ptx.driver;

import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadDataJIT;
import static jcuda.driver.JCudaDriver.cuModuleUnload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.JITOptions;

/** Assembled PTX on the device. */
public final class Module extends Resource {
  private static final int LOG_BYTES = 16 * 1024;

  private final CUmodule handle;
  private final String name;

  private Module(Context context, CUmodule handle, String name) {
    super(context);
    this.handle = handle;
    this.name = name;
  }

  static Module load(Context context, String name, String ptx) {
    context.makeCurrent();
    byte[] text = ptx.getBytes(StandardCharsets.UTF_8);
    Pointer image = Pointer.to(Arrays.copyOf(text, text.length + 1));
    JITOptions options = new JITOptions();
    options.putInt(CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, LOG_BYTES);
    options.putBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER, new byte[LOG_BYTES]);
    CUmodule handle = new CUmodule();
    int result = cuModuleLoadDataJIT(handle, image, options);
    if (result != CUresult.CUDA_SUCCESS) {
      throw new CudaException(
          result,
          "load kernel module " + name + " on " + context.device().describe(),
          null,
          log(options));
    }
    return new Module(context, handle, name);
  }

  private static String log(JITOptions options) {
    byte[] bytes = options.getBytes(CUjit_option.CU_JIT_ERROR_LOG_BUFFER);
    int end = 0;
    while (bytes != null && end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return bytes == null ? "" : new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  /**
   * Finds a kernel.
   *
   * @throws CudaException if the module has no such entry
   */
  public Function function(String entry) {
    use();
    CUfunction function = new CUfunction();
    CudaException.check(
        cuModuleGetFunction(function, handle, entry),
        "find kernel " + entry + " in module " + name);
    return new Function(this, entry, function);
  }

  /** The name given when it was loaded. */
  public String name() {
    return name;
  }

  @Override
  String describe() {
    return "module " + name;
  }

  @Override
  int free() {
    return cuModuleUnload(handle);
  }
}
