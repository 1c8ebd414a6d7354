package io.firesteel.tornado.device;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The arrays of a launch, and the local memory of the group that runs. */
final class Memory {
  /** An array among the arguments; without a shadow where it is only read. */
  record Global(TornadoNativeArray array, Access access, Shadow shadow) {}

  /** A local array and the method that has allocated it. */
  record Local(Object array, Shadow shadow, String method) {}

  private final List<Global> globals = new ArrayList<>();
  private final List<Local> locals = new ArrayList<>();

  Memory(IdentityHashMap<TornadoNativeArray, Access> accesses) {
    accesses.forEach(
        (array, access) ->
            globals.add(
                new Global(
                    array,
                    access,
                    access == Access.READ_ONLY ? null : new Shadow(array.getSize()))));
  }

  /** Null for arrays that are no arguments. An array is itself, whatever others hold. */
  @SuppressWarnings("ReferenceEquality")
  Global global(TornadoNativeArray array) {
    for (int i = 0; i < globals.size(); i++) {
      if (globals.get(i).array() == array) {
        return globals.get(i);
      }
    }
    return null;
  }

  /** Null for arrays of one work item alone. */
  @SuppressWarnings("ReferenceEquality")
  Local local(Object array) {
    for (int i = 0; i < locals.size(); i++) {
      if (locals.get(i).array() == array) {
        return locals.get(i);
      }
    }
    return null;
  }

  /** The array that the group has allocated as number {@code index}, if it has. */
  Optional<Local> allocated(int index) {
    return index < locals.size() ? Optional.of(locals.get(index)) : Optional.empty();
  }

  void allocate(Object array, int size, String method) {
    locals.add(new Local(array, new Shadow(size), method));
  }

  /** Forgets what the group before has left in local memory. */
  void beginGroup() {
    locals.forEach(local -> local.shadow().clear());
  }

  /** Tells of elements of an output that nobody has written. */
  Optional<String> firstUncovered() {
    return globals.stream()
        .filter(global -> global.access() == Access.WRITE_ONLY)
        .flatMap(global -> uncovered(global.shadow()).stream())
        .findFirst();
  }

  /** Tells of an array of which a part should stay as it is, and which nobody has read. */
  Optional<String> firstLost() {
    return globals.stream()
        .filter(global -> global.access() == Access.READ_WRITE)
        .filter(global -> isWritten(global.shadow()) && !global.shadow().isRead())
        .flatMap(global -> uncovered(global.shadow()).stream())
        .findFirst();
  }

  private static boolean isWritten(Shadow shadow) {
    return IntStream.range(0, shadow.size()).anyMatch(shadow::isWritten);
  }

  private static Optional<String> uncovered(Shadow shadow) {
    int count = 0;
    int first = -1;
    for (int i = 0; i < shadow.size(); i++) {
      if (!shadow.isWritten(i)) {
        first = first < 0 ? i : first;
        count++;
      }
    }
    return count == 0
        ? Optional.empty()
        : Optional.of(
            "%d of %d elements of an array are not written, the first is %d"
                .formatted(count, shadow.size(), first));
  }
}
