package io.firesteel.ptx.sim;

import java.util.List;

/** State spaces of PTX. */
enum Space {
  GLOBAL,
  SHARED,
  LOCAL,
  CONST,
  PARAM,
  GENERIC;

  /** The space that an instruction's suffixes name, generic addressing without. */
  static Space of(List<String> suffixes) {
    for (String suffix : suffixes) {
      switch (suffix) {
        case "global" -> {
          return GLOBAL;
        }
        case "shared", "shared::cta" -> {
          return SHARED;
        }
        case "local" -> {
          return LOCAL;
        }
        case "const" -> {
          return CONST;
        }
        case "param", "param::entry" -> {
          return PARAM;
        }
        default -> {
          // another kind of suffix
        }
      }
    }
    return GENERIC;
  }
}
