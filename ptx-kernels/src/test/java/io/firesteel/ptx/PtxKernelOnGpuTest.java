package io.firesteel.ptx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.ptx.driver.Context;
import io.firesteel.ptx.driver.Device;
import io.firesteel.ptx.driver.DeviceMemory;
import io.firesteel.ptx.driver.Driver;
import io.firesteel.ptx.driver.RequiresGpu;
import io.firesteel.ptx.driver.Stream;
import io.firesteel.ptx.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;

/** A program that has its own JCuda context, memory and stream, and wants one kernel. */
@RequiresGpu
class PtxKernelOnGpuTest {
  private static final int ROWS = 64;
  private static final int COLUMNS = 512;

  @Test
  void oneKernelInSomebodyElsesContext() {
    Device device = Driver.devices().getFirst();
    CUcontext cuContext = new CUcontext();
    CUstream cuStream = new CUstream();
    CUdeviceptr weights = new CUdeviceptr();
    CUdeviceptr out = new CUdeviceptr();
    byte[] blocks = blocks();
    float[] found = new float[ROWS * COLUMNS];

    ok(JCudaDriver.cuInit(0));
    CUdevice cuDevice = new CUdevice();
    ok(JCudaDriver.cuDeviceGet(cuDevice, device.ordinal()));
    ok(JCudaDriver.cuCtxCreate(cuContext, 0, cuDevice));
    ok(JCudaDriver.cuStreamCreate(cuStream, 0));
    ok(JCudaDriver.cuMemAlloc(weights, blocks.length));
    ok(JCudaDriver.cuMemAlloc(out, (long) Float.BYTES * found.length));
    ok(JCudaDriver.cuMemcpyHtoD(weights, Pointer.to(blocks), blocks.length));

    try (Context context = Context.borrowCurrent(device);
        PtxKernel kernel =
            PtxKernel.load(context, Kernels.dequantise(TensorType.Q4_K, ROWS, COLUMNS))) {
      kernel.launch(
          Stream.borrow(context, cuStream),
          Map.of("weights", DeviceMemory.address(weights), "out", DeviceMemory.address(out)));
      ok(JCudaDriver.cuStreamSynchronize(cuStream));
    }

    ok(JCudaDriver.cuMemcpyDtoH(Pointer.to(found), out, (long) Float.BYTES * found.length));
    float[] expected = new float[found.length];
    BlockCodec.of(TensorType.Q4_K)
        .dequantise(MemorySegment.ofArray(blocks), 0, expected, 0, expected.length);
    for (int i = 0; i < found.length; i++) {
      assertTrue(
          Math.abs(found[i] - expected[i]) <= 1e-6f * (1 + Math.abs(expected[i])),
          "element " + i + " is " + found[i] + ", expected " + expected[i]);
    }
    ok(JCudaDriver.cuCtxDestroy(cuContext));
  }

  private static byte[] blocks() {
    float[] values = new float[ROWS * COLUMNS];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    byte[] blocks = new byte[Math.toIntExact(TensorType.Q4_K.bytes(values.length))];
    BlockCodec.of(TensorType.Q4_K)
        .quantise(values, 0, values.length, MemorySegment.ofArray(blocks), 0);
    return blocks;
  }

  private static void ok(int result) {
    assertEquals(CUresult.CUDA_SUCCESS, result, CUresult.stringFor(result));
  }
}
