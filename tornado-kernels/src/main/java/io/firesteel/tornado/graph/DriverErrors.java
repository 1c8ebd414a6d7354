package io.firesteel.tornado.graph;

import io.firesteel.model.engine.EngineException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Errors of the driver, which TornadoVM's native code prints on standard output, and of which it
 * tells its Java code nothing: a copy or a launch that failed looks like one that succeeded. So the
 * process's standard output goes into a file while something runs, and is read after.
 */
public final class DriverErrors {
  private static final Pattern ERROR = Pattern.compile("-JNI\\] ERROR : (.*)");
  private static final int STDOUT = 1;
  private static final int OWNER_READS_AND_WRITES = 0600;

  /** Standard output belongs to the whole process. */
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private DriverErrors() {}

  /** What may fail. */
  public interface Work {
    /** Does it. */
    void run() throws EngineException;
  }

  /**
   * Does some work; whatever it prints but errors of the driver comes out when it is done.
   *
   * @throws EngineException with the errors that the driver has reported meanwhile, each once
   */
  public static void check(Work work) throws EngineException {
    ONE_AT_A_TIME.lock();
    try {
      Path file = Files.createTempFile("firesteel-driver", ".txt");
      try {
        redirected(file, work);
        report(Files.readString(file, StandardCharsets.ISO_8859_1));
      } finally {
        Files.delete(file);
      }
    } catch (EngineException e) {
      throw e;
    } catch (IOException e) {
      throw new EngineException("TornadoVM's messages cannot be read: " + e.getMessage(), e);
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private static void redirected(Path file, Work work) throws EngineException {
    System.out.flush();
    int real = call("dup", STDOUT);
    try {
      int written = create(file);
      call("dup2", written, STDOUT);
      call("close", written);
      work.run();
    } finally {
      System.out.flush();
      call("dup2", real, STDOUT);
      call("close", real);
    }
  }

  private static void report(String printed) throws EngineException {
    List<String> errors = new ArrayList<>();
    for (String line : printed.lines().toList()) {
      Matcher error = ERROR.matcher(line);
      if (error.find()) {
        errors.add(error.group(1));
      } else {
        System.out.println(line);
      }
    }
    if (!errors.isEmpty()) {
      throw new EngineException(
          "the driver refused what TornadoVM asked for: "
              + errors.stream().distinct().collect(Collectors.joining("; "))
              + (errors.size() == 1 ? "" : " (" + errors.size() + " errors)"));
    }
  }

  private static int create(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      MethodHandle creat = function("creat", ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
      return checked(
          "creat",
          (int) creat.invokeExact(arena.allocateFrom(file.toString()), OWNER_READS_AND_WRITES));
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("creat failed", e);
    }
  }

  private static int call(String name, int descriptor) {
    try {
      return checked(name, (int) function(name, ValueLayout.JAVA_INT).invokeExact(descriptor));
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name + " failed", e);
    }
  }

  private static void call(String name, int from, int to) {
    try {
      int result =
          (int) function(name, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT).invokeExact(from, to);
      checked(name, result);
    } catch (RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name + " failed", e);
    }
  }

  private static MethodHandle function(String name, MemoryLayout... parameters) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
  }

  private static int checked(String name, int result) {
    if (result < 0) {
      throw new IllegalStateException(name + " failed");
    }
    return result;
  }
}
