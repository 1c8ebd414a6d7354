package io.firesteel.ptx.kernel;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** The PTX compiler that comes with JCuda: no toolkit, no GPU, architectures up to sm_90. */
final class JCudaAssembler implements Assembler {
  @Override
  public boolean knows(Target target) {
    if (target.number() > Target.SM_90.number()) {
      return false;
    }
    try {
      return JNvPTXCompiler.nvPTXCompilerGetVersion(new int[1], new int[1])
          == nvPTXCompileResult.NVPTXCOMPILE_SUCCESS;
    } catch (LinkageError e) {
      return false;
    }
  }

  @Override
  public Map<String, Usage> assemble(String module, Target target) {
    byte[] text = (module + "\0").getBytes(StandardCharsets.UTF_8);
    nvPTXCompilerHandle compiler = new nvPTXCompilerHandle();
    check(JNvPTXCompiler.nvPTXCompilerCreate(compiler, text.length - 1L, text), target, "create");
    try {
      String[] options = {"--gpu-name=" + target.label(), "--verbose"};
      int result = JNvPTXCompiler.nvPTXCompilerCompile(compiler, options.length, options);
      check(result, target, errors(compiler));
      return Assembler.parse(report(compiler));
    } finally {
      JNvPTXCompiler.nvPTXCompilerDestroy(compiler);
    }
  }

  private static void check(int result, Target target, String what) {
    if (result != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
      throw new AssertionError(
          target.label() + ": " + nvPTXCompileResult.stringFor(result) + ": " + what);
    }
  }

  private static String errors(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(compiler, size);
    byte[] log = new byte[(int) size[0] + 1];
    JNvPTXCompiler.nvPTXCompilerGetErrorLog(compiler, log);
    return new String(log, StandardCharsets.UTF_8).strip();
  }

  private static String report(nvPTXCompilerHandle compiler) {
    long[] size = new long[1];
    JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(compiler, size);
    byte[] log = new byte[(int) size[0] + 1];
    JNvPTXCompiler.nvPTXCompilerGetInfoLog(compiler, log);
    return new String(log, StandardCharsets.UTF_8);
  }
}
