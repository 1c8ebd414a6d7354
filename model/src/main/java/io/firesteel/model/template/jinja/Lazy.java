package io.firesteel.model.template.jinja;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Generators that work on an element when it is asked for, as Python's do. */
final class Lazy {
  private Lazy() {}

  static Generator map(Iterator<Value> elements, Budget budget, UnaryOperator<Value> function) {
    return new Generator(
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return elements.hasNext();
          }

          @Override
          public Value next() {
            budget.step();
            return function.apply(elements.next());
          }
        });
  }

  static Generator select(Iterator<Value> elements, Budget budget, Predicate<Value> predicate) {
    return new Generator(
        new Iterator<>() {
          private Value next;

          @Override
          public boolean hasNext() {
            while (next == null && elements.hasNext()) {
              budget.step();
              Value candidate = elements.next();
              next = predicate.test(candidate) ? candidate : null;
            }
            return next != null;
          }

          @Override
          public Value next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            Value result = next;
            next = null;
            return result;
          }
        });
  }
}
