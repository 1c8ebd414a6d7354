package io.firesteel.model.template.jinja;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The functions that every template can call. */
final class Globals {
  /** The bound of Jinja2's own sandbox. */
  private static final int MAX_RANGE = 100_000;

  static final Map<String, Value> ALL = all();

  private Globals() {}

  private static Map<String, Value> all() {
    Map<String, Value> all = new HashMap<>();
    put(all, "range", Globals::range);
    put(all, "dict", Globals::dict);
    put(all, "namespace", Globals::namespace);
    put(
        all,
        "joiner",
        (in, args) -> new Callable.Joiner(or(args.bind("joiner", "sep")[0], Str.of(", "))));
    put(all, "cycler", (in, args) -> new Cycler(args.positional()));
    put(all, "raise_exception", Globals::raise);
    put(all, "strftime_now", Globals::strftimeNow);
    return Map.copyOf(all);
  }

  private static void put(Map<String, Value> all, String name, Callable.Function.Body body) {
    all.put(name, new Callable.Function(name, body));
  }

  private static Value or(Value value, Value otherwise) {
    return value == null ? otherwise : value;
  }

  private static Value range(Interpreter in, Args args) {
    Value[] bound = args.bind(1, "range", "start", "stop", "step");
    long first = bound[1] == null ? 0 : StringMethods.integer(bound[0], 0, "range");
    long end = StringMethods.integer(bound[1] == null ? bound[0] : bound[1], 0, "range");
    long step = StringMethods.integer(bound[2], 1, "range");
    if (step == 0) {
      throw new TemplateException("range: the step must not be zero");
    }
    List<Value> numbers = new ArrayList<>();
    for (long i = first; step > 0 ? i < end : i > end; i = next(i, step)) {
      if (numbers.size() == MAX_RANGE) {
        throw new TemplateLimitException("a range of more than " + MAX_RANGE + " numbers");
      }
      in.budget().elements(1);
      numbers.add(Int.of(i));
    }
    return new ListValue(numbers);
  }

  private static long next(long i, long step) {
    long sum = i + step;
    boolean overflow = step > 0 == sum < i;
    return overflow ? (step > 0 ? Long.MAX_VALUE : Long.MIN_VALUE) : sum;
  }

  private static void entries(Interpreter in, Args args, String function, DictValue.Builder into) {
    if (args.positional().size() > 1) {
      throw new TemplateException(function + " takes at most one argument without a name");
    }
    for (Value source : args.positional()) {
      List<Value> pairs = source instanceof DictValue d ? ViewValue.pairs(d) : in.toList(source);
      in.budget().elements(pairs.size());
      for (Value pair : pairs) {
        List<Value> keyAndValue = in.toList(pair);
        if (keyAndValue.size() != 2) {
          throw new TemplateException(function + " needs pairs of a key and a value");
        }
        into.put(keyAndValue.get(0), keyAndValue.get(1));
      }
    }
    args.named().forEach((name, value) -> into.put(Str.of(name), value));
  }

  private static Value dict(Interpreter in, Args args) {
    DictValue.Builder dict = new DictValue.Builder();
    entries(in, args, "dict", dict);
    return dict.build();
  }

  private static Value namespace(Interpreter in, Args args) {
    DictValue.Builder entries = new DictValue.Builder();
    entries(in, args, "namespace", entries);
    Namespace namespace = new Namespace();
    entries.build().entries().forEach((key, value) -> namespace.set(in.str(key), value));
    return namespace;
  }

  private static Value raise(Interpreter in, Args args) {
    Value message = args.bind(1, "raise_exception", "message")[0];
    throw new TemplateRaisedException(in.str(message), in.line());
  }

  private static Value strftimeNow(Interpreter in, Args args) {
    String format = in.str(args.bind(1, "strftime_now", "format")[0]);
    return in.budget().str(Strftime.format(format, LocalDateTime.now(in.clock()), in.budget()));
  }
}
