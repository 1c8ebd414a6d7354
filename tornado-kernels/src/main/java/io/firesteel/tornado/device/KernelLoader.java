package io.firesteel.tornado.device;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Loads a kernel's class, and the classes it calls, once more with their accesses to memory
 * reported. Classes of the JDK, of TornadoVM's API and of the device are those of the program.
 */
final class KernelLoader extends ClassLoader {
  private static final String DEVICE = KernelLoader.class.getPackageName() + ".";
  private static final String API = "uk.ac.manchester.tornado.";

  private final Class<?> owner;
  private final Map<String, byte[]> changed;
  private final Set<String> defined = ConcurrentHashMap.newKeySet();

  KernelLoader(Class<?> owner, Map<String, byte[]> changed) {
    super(owner.getClassLoader());
    this.owner = owner;
    this.changed = Map.copyOf(changed);
  }

  /** The instrumented kernel, taking its arguments as an array. */
  MethodHandle kernel(Method original) {
    try {
      Method kernel =
          loadClass(owner.getName()).getMethod(original.getName(), original.getParameterTypes());
      return MethodHandles.publicLookup()
          .unreflect(kernel)
          .asSpreader(Object[].class, kernel.getParameterCount());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          original + " cannot be loaded by the device: its class has to be public", e);
    }
  }

  /** Names of the classes that were loaded anew. */
  Set<String> defined() {
    return defined;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      byte[] original = isKernelCode(name) ? read(name) : null;
      if (original == null) {
        return super.loadClass(name, resolve);
      }
      byte[] instrumented = new Instrumentation(getParent()).apply(original);
      defined.add(name);
      return defineClass(name, instrumented, 0, instrumented.length);
    }
  }

  private static boolean isKernelCode(String name) {
    return !name.startsWith("java.") && !name.startsWith(API) && !name.startsWith(DEVICE);
  }

  /** The class file; null where only the parent knows the class. */
  private byte[] read(String name) {
    if (changed.containsKey(name)) {
      return changed.get(name);
    }
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("class file of " + name + " cannot be read", e);
    }
  }
}
