package io.firesteel.model.template.jinja;

/**
 * A value of the template language: one of Python's that JSON can make, or one that the language
 * itself makes.
 */
sealed interface Value
    permits Undefined,
        None,
        Bool,
        Int,
        Real,
        Str,
        Container,
        Generator,
        Namespace,
        Loop,
        Cycler,
        Callable {

  /** Whether the value counts as true in a condition. */
  boolean truthy();

  /** The name of the type as Python's error messages have it. */
  String typeName();
}
