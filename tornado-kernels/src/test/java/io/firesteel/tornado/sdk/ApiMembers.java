package io.firesteel.tornado.sdk;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Classes, methods and fields of TornadoVM's API: which are used, and which there are. */
final class ApiMembers {
  private static final String API = "uk/ac/manchester/tornado/api/";

  private ApiMembers() {}

  /** Where class files come from; null for a class that is not there. */
  @FunctionalInterface
  interface Source {
    InputStream open(String path) throws IOException;
  }

  /** What the classes in a folder use, as {@code class} or {@code class.member:descriptor}. */
  static NavigableSet<String> usedBy(Path folder) throws IOException {
    NavigableSet<String> used = new TreeSet<>();
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(f -> f.toString().endsWith(".class")).toList();
    }
    for (Path file : files) {
      if (!file.toString().contains(API)) {
        for (PoolEntry entry : ClassFile.of().parse(file).constantPool()) {
          add(entry, used);
        }
      }
    }
    return used;
  }

  private static void add(PoolEntry entry, NavigableSet<String> used) {
    if (entry instanceof ClassEntry c && c.asInternalName().startsWith(API)) {
      used.add(c.asInternalName());
    }
    if (entry instanceof MemberRefEntry m && m.owner().asInternalName().startsWith(API)) {
      used.add(
          m.owner().asInternalName() + "." + m.name().stringValue() + ":" + m.type().stringValue());
    }
  }

  /** Whether there is such a member, in its class or above. */
  static boolean exists(String member, Source source) throws IOException {
    int dot = member.indexOf('.');
    return dot < 0
        ? read(member, source) != null
        : has(member.substring(0, dot), member.substring(dot + 1), source);
  }

  private static boolean has(String owner, String member, Source source) throws IOException {
    ClassModel model = read(owner, source);
    if (model == null) {
      return false;
    }
    boolean here =
        Stream.concat(
                model.methods().stream()
                    .map(m -> m.methodName().stringValue() + ":" + m.methodType().stringValue()),
                model.fields().stream()
                    .map(f -> f.fieldName().stringValue() + ":" + f.fieldType().stringValue()))
            .anyMatch(member::equals);
    if (here) {
      return true;
    }
    List<String> above =
        Stream.concat(model.superclass().stream(), model.interfaces().stream())
            .map(ClassEntry::asInternalName)
            .toList();
    for (String parent : above) {
      if (has(parent, member, source)) {
        return true;
      }
    }
    return false;
  }

  private static ClassModel read(String name, Source source) throws IOException {
    String path = name + ".class";
    try (InputStream in =
        name.startsWith("java/")
            ? Object.class.getResourceAsStream("/" + path)
            : source.open(path)) {
      return in == null ? null : ClassFile.of().parse(in.readAllBytes());
    }
  }
}
