package io.firesteel.tornado.device;

import io.firesteel.tornado.kernels.KernelTask;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Runs kernels on the JVM as a faithful GPU would, only slower, and reports what a GPU lets pass:
 * every {@link Fault}, with kernel, group, work item and source line.
 *
 * <ul>
 *   <li>Work items run one at a time; a barrier, a warp operation or the end of the kernel passes
 *       the turn on. The order of groups, and that of work items after each barrier, follow from
 *       the seed. Since races are found by what barriers order, not by what happens to come first,
 *       one seed finds nearly all.
 *   <li>Barriers hold a whole group. Warps are 32 neighbouring work items in lockstep.
 *   <li>Local memory belongs to the group, in the order in which it is allocated.
 *   <li>A local barrier orders local and global memory within the group, as PTX does. Nothing
 *       orders groups of one launch, except that atomic operations do not race with each other.
 *   <li>An array that is only an output (its access is {@code WRITE_ONLY}) is poisoned before the
 *       launch: it may be read where the same launch has written, and has to be written completely.
 * </ul>
 *
 * <p>Launches of one device must not overlap. Kernels in the loop form (without a {@code
 * KernelContext}) are ordinary Java and need no device.
 */
public final class JvmDevice {
  private final long seed;
  private final Map<String, byte[]> changed;
  private final Patience patience;
  private final Map<Class<?>, KernelLoader> loaders = new ConcurrentHashMap<>();
  private long launches;

  /**
   * A device.
   *
   * @param seed decides the order of groups and work items
   */
  public JvmDevice(long seed) {
    this(seed, Map.of());
  }

  /**
   * A device that takes other classes in place of the program's: for tests of tests.
   *
   * @param changed class files by binary name
   */
  public JvmDevice(long seed, Map<String, byte[]> changed) {
    this(seed, changed, Patience.USUAL);
  }

  /**
   * A device that gives up launches which do not end.
   *
   * @param changed class files by binary name, in place of the program's
   * @param patience after which a launch is given up
   */
  public JvmDevice(long seed, Map<String, byte[]> changed, Patience patience) {
    this.seed = seed;
    this.changed = Map.copyOf(changed);
    this.patience = patience;
  }

  /**
   * Runs a launch to its end.
   *
   * @throws KernelFaultException at the first fault; the outputs are undefined then
   */
  public void run(KernelTask task) {
    KernelLoader loader =
        loaders.computeIfAbsent(task.owner(), owner -> new KernelLoader(owner, changed));
    new Launch(task, loader.kernel(task.method()), patience, seed + launches++).run();
  }

  /** Runs launches one after the other. */
  public void run(List<KernelTask> tasks) {
    tasks.forEach(this::run);
  }

  /** Names of the classes that kernels have used so far. */
  Set<String> usedClasses() {
    return loaders.values().stream()
        .flatMap(loader -> loader.defined().stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
