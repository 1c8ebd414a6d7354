package io.firesteel.model.template.jinja;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One rendering of a template: evaluates its expressions and runs its statements. */
final class Interpreter {
  private static final String BLOCK_BODY = "caller";

  private final Budget budget;
  private final Clock clock;
  private final Operators operators;
  private final Access access;
  private int line;

  Interpreter(Limits limits, Clock clock) {
    this.budget = new Budget(limits);
    this.clock = clock;
    this.operators = new Operators(budget);
    this.access = new Access(budget);
  }

  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  Budget budget() {
    return budget;
  }

  Clock clock() {
    return clock;
  }

  Operators operators() {
    return operators;
  }

  Access access() {
    return access;
  }

  /** The line that was being worked on. */
  int line() {
    return line;
  }

  String render(List<Stmt> template, Map<String, Value> variables) {
    Scope scope = new Scope(new Scope(null, Globals.ALL), variables);
    StringBuilder out = new StringBuilder();
    run(template, scope, out);
    return out.toString();
  }

  // Statements

  private Flow run(List<Stmt> statements, Scope scope, StringBuilder out) {
    budget.enter();
    Flow flow = Flow.NEXT;
    for (int i = 0; i < statements.size() && flow == Flow.NEXT; i++) {
      budget.step();
      flow = run(statements.get(i), scope, out);
    }
    budget.leave();
    return flow;
  }

  private Flow run(Stmt statement, Scope scope, StringBuilder out) {
    line = statement.line();
    switch (statement) {
      case Stmt.Data s -> print(s.text(), out);
      case Stmt.Output s -> print(str(eval(s.value(), scope)), out);
      case Stmt.If s -> {
        return runIf(s, scope, out);
      }
      case Stmt.For s -> runFor(s, eval(s.elements(), scope), scope, 0, out);
      case Stmt.Set s -> {
        Value value = eval(s.value(), scope);
        line = s.line();
        assign(s.target(), value, scope);
      }
      case Stmt.SetBlock s -> assign(s.target(), filtered(s.filter(), s.body(), scope), scope);
      case Stmt.FilterBlock s -> print(str(filtered(s.filter(), s.body(), scope)), out);
      case Stmt.Macro s -> scope.set(s.name(), new Macro(s, scope));
      case Stmt.CallBlock s -> print(str(callWithBody(s, scope)), out);
      case Stmt.With s -> {
        return runWith(s, scope, out);
      }
      case Stmt.Generation s -> {
        return run(s.body(), new Scope(scope), out);
      }
      case Stmt.Break _ -> {
        return Flow.BREAK;
      }
      case Stmt.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private void print(String text, StringBuilder out) {
    budget.characters(text.length());
    out.append(text);
  }

  private String capture(List<Stmt> body, Scope scope) {
    StringBuilder out = new StringBuilder();
    run(body, scope, out);
    return out.toString();
  }

  private Flow runIf(Stmt.If statement, Scope scope, StringBuilder out) {
    for (Stmt.Branch branch : statement.branches()) {
      if (eval(branch.test(), scope).truthy()) {
        return run(branch.body(), scope, out);
      }
    }
    return run(statement.otherwise(), scope, out);
  }

  private Flow runWith(Stmt.With statement, Scope scope, StringBuilder out) {
    List<Value> values = new ArrayList<>();
    statement.assignments().forEach(assignment -> values.add(eval(assignment.value(), scope)));
    Scope inner = new Scope(scope);
    for (int i = 0; i < values.size(); i++) {
      assign(statement.assignments().get(i).target(), values.get(i), inner);
    }
    return run(statement.body(), inner, out);
  }

  private void runFor(
      Stmt.For statement, Value elements, Scope scope, int depth, StringBuilder out) {
    line = statement.line();
    Iterator<Value> iterator = iterate(elements);
    int length = elements instanceof Container c ? c.size() : -1;
    if (statement.filter() != null) {
      iterator = new FilteredElements(statement, iterator, scope);
      length = -1;
    }
    Loop loop =
        new Loop(
            iterator,
            length,
            depth,
            statement.recursive() ? inner -> recurse(statement, inner, scope, depth) : null);
    boolean any = false;
    while (loop.advance()) {
      any = true;
      budget.step();
      Scope inner = new Scope(scope);
      inner.set("loop", loop);
      assign(statement.target(), loop.current(), inner);
      if (run(statement.body(), inner, out) == Flow.BREAK) {
        break;
      }
    }
    if (!any) {
      run(statement.otherwise(), scope, out);
    }
  }

  private Value recurse(Stmt.For statement, Value elements, Scope scope, int depth) {
    StringBuilder out = new StringBuilder();
    budget.enter();
    runFor(statement, elements, scope, depth + 1, out);
    budget.leave();
    return Str.of(out.toString());
  }

  /** The elements of a {@code for … if}, tested when the loop gets to them. */
  private final class FilteredElements implements Iterator<Value> {
    private final Stmt.For statement;
    private final Iterator<Value> elements;
    private final Scope scope;
    private Value next;

    FilteredElements(Stmt.For statement, Iterator<Value> elements, Scope scope) {
      this.statement = statement;
      this.elements = elements;
      this.scope = scope;
    }

    @Override
    public boolean hasNext() {
      while (next == null && elements.hasNext()) {
        budget.step();
        Value candidate = elements.next();
        Scope inner = new Scope(scope);
        assign(statement.target(), candidate, inner);
        if (eval(statement.filter(), inner).truthy()) {
          next = candidate;
        }
      }
      return next != null;
    }

    @Override
    public Value next() {
      if (!hasNext()) {
        throw new java.util.NoSuchElementException();
      }
      Value result = next;
      next = null;
      return result;
    }
  }

  private void assign(Stmt.Target target, Value value, Scope scope) {
    switch (target) {
      case Stmt.Target.Variable v -> scope.set(v.name(), value);
      case Stmt.Target.NamespaceAttribute n -> {
        if (!(scope.get(n.namespace()) instanceof Namespace namespace)) {
          throw new TemplateException(
              "cannot set '"
                  + n.namespace()
                  + "."
                  + n.attribute()
                  + "': '"
                  + n.namespace()
                  + "' is no namespace");
        }
        namespace.set(n.attribute(), value);
      }
      case Stmt.Target.Unpack u -> unpack(u.targets(), value, scope);
    }
  }

  private void unpack(List<Stmt.Target> targets, Value value, Scope scope) {
    Iterator<Value> values = iterate(value);
    for (Stmt.Target target : targets) {
      if (!values.hasNext()) {
        throw new TemplateException(
            "not enough values to unpack (expected " + targets.size() + ")");
      }
      assign(target, values.next(), scope);
    }
    if (values.hasNext()) {
      throw new TemplateException("too many values to unpack (expected " + targets.size() + ")");
    }
  }

  /**
   * The text of a block's body after the block's filters; {@code filter} is null where it has none.
   */
  private Value filtered(Expr.Filter filter, List<Stmt> body, Scope scope) {
    Scope inner = new Scope(scope);
    Value text = Str.of(capture(body, inner));
    return filter == null ? text : filter(filter, inner, text);
  }

  private Value callWithBody(Stmt.CallBlock statement, Scope scope) {
    Stmt.Macro body =
        new Stmt.Macro(
            BLOCK_BODY,
            statement.signature(),
            statement.body(),
            false,
            false,
            false,
            statement.line());
    Args args = arguments(statement.call().arguments(), scope);
    Map<String, Value> named = new LinkedHashMap<>(args.named());
    named.put(BLOCK_BODY, new Macro(body, scope));
    Value target = eval(statement.call().target(), scope);
    line = statement.line();
    return call(target, new Args(args.positional(), named));
  }

  Value callMacro(Macro macro, Args args) {
    Stmt.Macro definition = macro.definition();
    List<Stmt.Parameter> parameters = definition.signature().parameters();
    Scope scope = new Scope(macro.scope());
    Map<String, Value> named = new LinkedHashMap<>(args.named());
    budget.enter();
    List<Stmt.Parameter> open = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i).name();
      Value given = i < args.positional().size() ? args.positional().get(i) : named.remove(name);
      if (given == null) {
        open.add(parameters.get(i));
      } else {
        scope.set(name, given);
      }
    }
    bindSpecial(definition, args.after(parameters.size()).positional(), named, scope);
    open.forEach(parameter -> scope.set(parameter.name(), defaultValue(parameter, scope)));
    Value result = Str.of(capture(definition.body(), scope));
    budget.leave();
    return result;
  }

  private Value defaultValue(Stmt.Parameter parameter, Scope scope) {
    return parameter.defaultValue() == null
        ? new Undefined("parameter '" + parameter.name() + "' was not provided")
        : eval(parameter.defaultValue(), scope);
  }

  /**
   * Binds {@code caller}, {@code varargs} and {@code kwargs}, or refuses arguments that nothing
   * takes.
   */
  private void bindSpecial(
      Stmt.Macro definition, List<Value> more, Map<String, Value> named, Scope scope) {
    if (definition.takesCaller()) {
      Value caller = named.remove(BLOCK_BODY);
      if (caller != null
          || definition.signature().parameters().stream()
              .noneMatch(p -> p.name().equals(BLOCK_BODY))) {
        scope.set(BLOCK_BODY, caller == null ? new Undefined("No caller defined") : caller);
      }
    }
    if (definition.takesMore()) {
      scope.set("varargs", new TupleValue(List.copyOf(more)));
    } else if (!more.isEmpty()) {
      int count = definition.signature().parameters().size();
      throw new TemplateException(
          "macro '" + definition.name() + "' takes not more than " + count + " arguments");
    }
    if (definition.takesNamed()) {
      DictValue.Builder rest = new DictValue.Builder();
      named.forEach((name, value) -> rest.put(Str.of(name), value));
      scope.set("kwargs", rest.build());
    } else if (!named.isEmpty()) {
      throw new TemplateException(
          "macro '"
              + definition.name()
              + "' takes no argument '"
              + named.keySet().iterator().next()
              + "'");
    }
  }

  // Expressions

  private Value eval(Expr expr, Scope scope) {
    budget.enter();
    budget.step();
    Value value =
        switch (expr) {
          case Expr.Literal e -> e.value();
          case Expr.Name e -> scope.get(e.name());
          case Expr.Attribute e -> attribute(e, scope);
          case Expr.Subscript e -> subscript(e, scope);
          case Expr.Filter e -> filter(e, scope, null);
          case Expr.Test e -> Bool.of(test(e, scope));
          case Expr.Call e -> call(e, scope);
          case Expr.Compare e -> Bool.of(compare(e, scope));
          case Expr.And e -> {
            Value left = eval(e.left(), scope);
            yield left.truthy() ? eval(e.right(), scope) : left;
          }
          case Expr.Or e -> {
            Value left = eval(e.left(), scope);
            yield left.truthy() ? left : eval(e.right(), scope);
          }
          case Expr.Not e -> Bool.of(!eval(e.operand(), scope).truthy());
          case Expr.Conditional e -> conditional(e, scope);
          case Expr.Arithmetic e -> arithmetic(e, scope);
          case Expr.Concat e -> concat(e, scope);
          case Expr.Negate e -> {
            Value operand = eval(e.operand(), scope);
            line = e.line();
            yield operators.negate(operand);
          }
          case Expr.Plus e -> {
            Value operand = eval(e.operand(), scope);
            line = e.line();
            yield operators.plus(operand);
          }
          case Expr.ListOf e -> new ListValue(evalAll(e.items(), scope));
          case Expr.TupleOf e -> new TupleValue(evalAll(e.items(), scope));
          case Expr.DictOf e -> dict(e, scope);
          case Expr.Slice e -> throw new TemplateException("a slice outside a subscript", e.line());
        };
    budget.leave();
    return value;
  }

  private List<Value> evalAll(List<Expr> expressions, Scope scope) {
    budget.elements(expressions.size());
    List<Value> values = new ArrayList<>(expressions.size());
    for (Expr expression : expressions) {
      values.add(eval(expression, scope));
    }
    return values;
  }

  private Value dict(Expr.DictOf expr, Scope scope) {
    budget.elements(expr.pairs().size());
    DictValue.Builder dict = new DictValue.Builder();
    for (Expr.Pair pair : expr.pairs()) {
      Value key = eval(pair.key(), scope);
      dict.put(key, eval(pair.value(), scope));
    }
    return dict.build();
  }

  private Value attribute(Expr.Attribute expr, Scope scope) {
    Value target = eval(expr.target(), scope);
    line = expr.line();
    return access.attribute(target, expr.name());
  }

  private Value subscript(Expr.Subscript expr, Scope scope) {
    Value target = eval(expr.target(), scope);
    if (expr.key() instanceof Expr.Slice slice) {
      Value start = optional(slice.start(), scope);
      Value stop = optional(slice.stop(), scope);
      Value step = optional(slice.step(), scope);
      line = expr.line();
      return access.slice(target, start, stop, step);
    }
    Value key = eval(expr.key(), scope);
    line = expr.line();
    return access.element(target, key);
  }

  private Value optional(Expr expr, Scope scope) {
    return expr == null ? None.NONE : eval(expr, scope);
  }

  private Value conditional(Expr.Conditional expr, Scope scope) {
    if (eval(expr.test(), scope).truthy()) {
      return eval(expr.then(), scope);
    }
    return expr.otherwise() == null
        ? new Undefined(
            "the inline if-expression evaluated to false and no else section was defined")
        : eval(expr.otherwise(), scope);
  }

  private Value arithmetic(Expr.Arithmetic expr, Scope scope) {
    Value left = eval(expr.left(), scope);
    Value right = eval(expr.right(), scope);
    line = expr.line();
    return operators.arithmetic(expr.operator(), left, right);
  }

  private Value concat(Expr.Concat expr, Scope scope) {
    StringBuilder text = new StringBuilder();
    for (Expr part : expr.parts()) {
      print(str(eval(part, scope)), text);
    }
    return Str.of(text.toString());
  }

  private boolean compare(Expr.Compare expr, Scope scope) {
    Value left = eval(expr.first(), scope);
    for (Expr.Comparison comparison : expr.rest()) {
      Value right = eval(comparison.operand(), scope);
      line = expr.line();
      if (!operators.holds(comparison.relation(), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private Value call(Expr.Call expr, Scope scope) {
    Value target = eval(expr.target(), scope);
    Args args = arguments(expr.arguments(), scope);
    line = expr.line();
    return call(target, args);
  }

  Value call(Value target, Args args) {
    return switch (target) {
      case Callable c -> c.call(this, args);
      case Loop l -> l.recurse(args.bind(1, "loop", "iterable")[0]);
      case Undefined u -> throw u.used();
      default -> throw new TemplateException("'" + target.typeName() + "' object is not callable");
    };
  }

  private Args arguments(Expr.Arguments arguments, Scope scope) {
    if (arguments.areNone()) {
      return Args.NONE;
    }
    List<Value> positional = new ArrayList<>(evalAll(arguments.positional(), scope));
    Map<String, Value> named = arguments.named().isEmpty() ? Map.of() : new LinkedHashMap<>();
    for (Expr.Named argument : arguments.named()) {
      if (named.put(argument.name(), eval(argument.value(), scope)) != null) {
        throw new TemplateException("the argument '" + argument.name() + "' is given twice", line);
      }
    }
    if (arguments.spread() != null) {
      positional.addAll(toList(eval(arguments.spread(), scope)));
    }
    return new Args(
        positional,
        arguments.spreadNamed() == null
            ? named
            : spread(named, eval(arguments.spreadNamed(), scope)));
  }

  private static Map<String, Value> spread(Map<String, Value> named, Value more) {
    if (!(more instanceof DictValue dict)) {
      throw new TemplateException("an argument after ** must be a mapping, not " + more.typeName());
    }
    Map<String, Value> all = new LinkedHashMap<>(named);
    dict.entries()
        .forEach(
            (key, value) -> {
              if (!(key instanceof Str name) || all.put(name.text(), value) != null) {
                throw new TemplateException(
                    "a named argument is given twice, or its name is no string");
              }
            });
    return all;
  }

  /** {@code blockBody} is what a filter without an input of its own works on. */
  private Value filter(Expr.Filter expr, Scope scope, Value blockBody) {
    Value input;
    if (expr.input() == null) {
      input = blockBody;
    } else if (expr.input() instanceof Expr.Filter inner) {
      budget.enter();
      input = filter(inner, scope, blockBody);
      budget.leave();
    } else {
      input = eval(expr.input(), scope);
    }
    Args args = arguments(expr.arguments(), scope);
    line = expr.line();
    return filter(expr.name(), input, args);
  }

  /** Applies a filter by its name. */
  Value filter(String name, Value input, Args args) {
    Filters.Filter filter = Filters.ALL.get(name);
    if (filter == null) {
      throw new TemplateException("there is no filter '" + name + "'");
    }
    return filter.apply(this, input, args);
  }

  private boolean test(Expr.Test expr, Scope scope) {
    Value input = eval(expr.input(), scope);
    Args args = arguments(expr.arguments(), scope);
    line = expr.line();
    return test(expr.name(), input, args);
  }

  /** Applies a test by its name. */
  boolean test(String name, Value input, Args args) {
    Tests.Test test = Tests.ALL.get(name);
    if (test == null) {
      throw new TemplateException("there is no test '" + name + "'");
    }
    return test.holds(this, input, args);
  }

  // For built-ins

  /** What printing the value gives. */
  String str(Value value) {
    return Repr.str(value, budget);
  }

  /** The elements of anything that can be gone through. */
  Iterator<Value> iterate(Value value) {
    return switch (value) {
      case Container c -> c.iterator();
      case Generator g -> g.elements();
      case Str s -> characters(s).iterator();
      case Undefined _ -> Collections.emptyIterator();
      default -> throw new TemplateException("'" + value.typeName() + "' object is not iterable");
    };
  }

  private List<Value> characters(Str string) {
    budget.elements(string.text().length());
    List<Value> characters = new ArrayList<>();
    string.text().codePoints().forEach(c -> characters.add(Str.of(Character.toString(c))));
    return characters;
  }

  /** The elements of anything that can be gone through, as a new list. */
  List<Value> toList(Value value) {
    List<Value> list = new ArrayList<>();
    Iterator<Value> elements = iterate(value);
    while (elements.hasNext()) {
      budget.elements(1);
      list.add(elements.next());
    }
    return list;
  }
}
