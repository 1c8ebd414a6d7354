package io.firesteel.ptx.driver;

import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_NUM_REGS;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT;
import static jcuda.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES;
import static jcuda.driver.JCudaDriver.cuFuncGetAttribute;
import static jcuda.driver.JCudaDriver.cuFuncSetAttribute;
import static jcuda.driver.JCudaDriver.cuOccupancyMaxActiveBlocksPerMultiprocessor;

import jcuda.driver.CUfunction;

/** A kernel of a loaded module; usable until the module is closed. */
public final class Function {
  private final Module module;
  private final String name;
  private final CUfunction handle;
  private final long address;

  Function(Module module, String name, CUfunction handle) {
    this.module = module;
    this.name = name;
    this.handle = handle;
    this.address = NativeAddress.of(handle);
  }

  /** Entry name. */
  public String name() {
    return name;
  }

  /** Permits launches with more dynamic shared memory than the default of 48 KiB. */
  public void allowSharedBytes(int bytes) {
    module.use();
    CudaException.check(
        cuFuncSetAttribute(handle, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
        "allow kernel " + name + " " + bytes + " B of dynamic shared memory");
  }

  /**
   * Asks for as much of the multiprocessor's memory as shared memory as there is. Kernels that are
   * to run side by side must agree on that share.
   */
  public void preferShared() {
    module.use();
    CudaException.check(
        cuFuncSetAttribute(handle, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT, 100),
        "set the share of shared memory of kernel " + name);
  }

  /**
   * Makes the kernel ready for launches beside others: {@link #preferShared}, and permission for
   * the dynamic shared memory that it takes.
   */
  public Function prepare(int dynamicBytes) {
    preferShared();
    if (dynamicBytes > 0) {
      allowSharedBytes(dynamicBytes);
    }
    return this;
  }

  /** Registers of a thread. */
  public int registers() {
    return attribute(CU_FUNC_ATTRIBUTE_NUM_REGS);
  }

  /** Bytes of a thread that did not fit into registers. */
  public int localBytes() {
    return attribute(CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
  }

  /** Static shared memory of a block, in bytes. */
  public int staticSharedBytes() {
    return attribute(CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
  }

  /**
   * Blocks of {@code threads} threads and {@code sharedBytes} dynamic shared memory that fit on a
   * multiprocessor.
   */
  public int blocksPerMultiprocessor(int threads, int sharedBytes) {
    module.use();
    int[] blocks = new int[1];
    CudaException.check(
        cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, handle, threads, sharedBytes),
        "ask for the occupancy of kernel " + name);
    return blocks[0];
  }

  private int attribute(int attribute) {
    module.use();
    int[] value = new int[1];
    CudaException.check(
        cuFuncGetAttribute(value, attribute, handle), "ask for an attribute of kernel " + name);
    return value[0];
  }

  long address() {
    module.use();
    return address;
  }
}
