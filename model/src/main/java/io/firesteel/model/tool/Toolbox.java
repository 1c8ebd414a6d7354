package io.firesteel.model.tool;

import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import io.firesteel.model.template.ToolCall;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tools with the Java code that they run. Immutable; safe for use by several threads if the tools
 * are.
 *
 * <pre>{@code
 * record Trip(@Description("Where to start") String pickup, String dropoff) {}
 *
 * Toolbox tools = Toolbox.empty().with("order_taxi", "Order a taxi", Trip.class, trip -> book(trip));
 * }</pre>
 */
public final class Toolbox {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Toolbox EMPTY = new Toolbox(Map.of());

  private final Map<String, Entry> entries;

  private Toolbox(Map<String, Entry> entries) {
    this.entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /** A tool and what it does with its arguments. */
  private record Entry(Tool tool, Body body) {}

  /** What a tool does. */
  @FunctionalInterface
  private interface Body {
    Object run(JsonNode arguments) throws Exception;
  }

  /** No tools. */
  public static Toolbox empty() {
    return EMPTY;
  }

  /**
   * The methods of an object that are marked with {@link ToolMethod}.
   *
   * @throws IllegalArgumentException if there is none, or one has parameters without schemas or
   *     names
   */
  public static Toolbox of(Object holder) {
    Toolbox box = EMPTY;
    for (Method method : holder.getClass().getMethods()) {
      if (method.isAnnotationPresent(ToolMethod.class)) {
        box = box.with(entry(holder, method));
      }
    }
    if (box.entries.isEmpty()) {
      throw new IllegalArgumentException(
          holder.getClass().getName() + " has no public method marked with @ToolMethod");
    }
    return box;
  }

  /**
   * These tools and one more.
   *
   * @param name of letters, digits, {@code _} and {@code -}
   * @param description what it does, in words for the model
   * @param arguments a record, of which the schema is derived
   * @param body what it does; a String is passed on as it is, anything else as JSON
   */
  public <T extends Record> Toolbox with(
      String name, String description, Class<T> arguments, Function<T, ?> body) {
    Tool tool = tool(name, description, JsonSchemas.of(arguments));
    return with(new Entry(tool, json -> body.apply(JSON.treeToValue(json, arguments))));
  }

  /** These tools and one more, whose arguments are JSON of a given schema. */
  public Toolbox with(
      String name, String description, JsonNode schema, Function<JsonNode, ?> body) {
    return with(new Entry(tool(name, description, schema), body::apply));
  }

  private Toolbox with(Entry entry) {
    String name = entry.tool.name();
    if (!name.matches("[A-Za-z0-9_-]+")) {
      throw new IllegalArgumentException(
          "'" + name + "' is no name of a tool, expected letters, digits, _ and -");
    }
    Map<String, Entry> more = new LinkedHashMap<>(entries);
    if (more.put(name, entry) != null) {
      throw new IllegalArgumentException("there are two tools named '" + name + "'");
    }
    return new Toolbox(more);
  }

  private static Tool tool(String name, String description, JsonNode schema) {
    return Tool.function(
        name, description, JSON.convertValue(schema, new TypeReference<Map<String, Object>>() {}));
  }

  private static Entry entry(Object holder, Method method) {
    ToolMethod mark = method.getAnnotation(ToolMethod.class);
    String name = mark.name().isEmpty() ? method.getName() : mark.name();
    Parameter[] parameters = method.getParameters();
    method.setAccessible(true); // a public method of a class that need not be public
    if (parameters.length == 1 && parameters[0].getType().isRecord()) {
      Class<?> record = parameters[0].getType();
      return new Entry(
          tool(name, mark.value(), JsonSchemas.of(record)),
          json -> invoke(holder, method, JSON.treeToValue(json, record)));
    }
    for (Parameter parameter : parameters) {
      if (!parameter.isNamePresent()) {
        throw new IllegalArgumentException(
            method
                + " is a tool, but its parameters' names are not compiled in: compile with"
                + " -parameters, or take one record");
      }
    }
    return new Entry(
        tool(name, mark.value(), JsonSchemas.ofParameters(parameters)),
        json -> invoke(holder, method, arguments(parameters, json)));
  }

  private static Object[] arguments(Parameter[] parameters, JsonNode json) {
    Object[] values = new Object[parameters.length];
    for (int i = 0; i < values.length; i++) {
      JavaType type = JSON.constructType(parameters[i].getParameterizedType());
      values[i] = JSON.treeToValue(json.path(parameters[i].getName()), type);
    }
    return values;
  }

  private static Object invoke(Object holder, Method method, Object... arguments) throws Exception {
    try {
      return method.invoke(holder, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** The tools as a model is told of them. */
  public List<Tool> tools() {
    return entries.values().stream().map(Entry::tool).toList();
  }

  /**
   * Runs a call.
   *
   * @return the message with its result; if the tool is not known, does not take the arguments or
   *     fails, one that says so, for the model to do better
   */
  public Message run(ToolCall call) {
    return Message.tool(call.id(), call.name(), result(call));
  }

  private String result(ToolCall call) {
    Entry entry = entries.get(call.name());
    if (entry == null) {
      return error("there is no tool '" + call.name() + "', only " + entries.keySet());
    }
    try {
      Object result = entry.body.run(JSON.readTree(call.argumentsJson()));
      return result instanceof String text ? text : JSON.writeValueAsString(result);
    } catch (JacksonException e) {
      return error("the arguments do not fit: " + e.getOriginalMessage());
    } catch (Exception e) {
      return error(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private static Message done(Future<Message> running) {
    try {
      return running.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while tools were running", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private static String error(String problem) {
    return JSON.writeValueAsString(Map.of("error", problem));
  }

  /** Runs the calls of one answer at the same time; the results are in the calls' order. */
  public List<Message> run(List<ToolCall> calls) {
    if (calls.size() == 1) {
      return List.of(run(calls.getFirst()));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Message>> running = new ArrayList<>();
      for (ToolCall call : calls) {
        running.add(threads.submit(() -> run(call)));
      }
      return running.stream().map(Toolbox::done).toList();
    }
  }
}
