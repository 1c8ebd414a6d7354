package io.firesteel.server.http;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Finds the endpoint of a request and turns what it throws into an answer. */
final class Router extends Handler.Abstract {
  private static final Logger LOG = System.getLogger(Router.class.getName());
  private static final String OTHER = "other";

  private final List<Route> routes;
  private final Guard guard;
  private final HttpLimits limits;
  private final boolean recordBodies;
  private final List<ExchangeListener> listeners;
  private final ErrorFormat otherErrors;

  Router(
      List<Route> routes,
      Guard guard,
      HttpLimits limits,
      boolean recordBodies,
      List<ExchangeListener> listeners) {
    this.routes = List.copyOf(routes);
    this.guard = guard;
    this.limits = limits;
    this.recordBodies = recordBodies;
    this.listeners = List.copyOf(listeners);
    otherErrors = routes.getFirst().errors();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    // A long answer is not an idle connection; a client that does not read is noticed by writes.
    request.addIdleTimeoutListener(timeout -> false);
    String path = request.getHttpURI().getPath();
    List<Route> known = routes.stream().filter(route -> route.matchesPath(path)).toList();
    Route route =
        known.stream()
            .filter(candidate -> candidate.matchesMethod(request.getMethod()))
            .findFirst()
            .orElseGet(() -> refusing(path, known));
    Exchange exchange = new Exchange(request, response, limits, route.rest(path));
    int status = run(route, exchange, response);
    callback.succeeded();
    exchange.connection().finish();
    ExchangeRecord finished = exchange.toRecord(route.path(), status, recordBodies);
    listeners.forEach(listener -> listener.finished(finished));
    return true;
  }

  /** Refuses what there is no route for. */
  private Route refusing(String path, List<Route> known) {
    ErrorFormat errors = known.isEmpty() ? otherErrors : known.getFirst().errors();
    return new Route(
        "",
        known.isEmpty() ? OTHER : known.getFirst().path(),
        false,
        errors,
        exchange -> {
          if (known.isEmpty()) {
            throw HttpError.of(HttpError.Kind.NOT_FOUND, "there is nothing at " + shortened(path));
          }
          String methods = known.stream().map(Route::method).collect(Collectors.joining(", "));
          exchange.setHeader("Allow", methods);
          throw HttpError.of(HttpError.Kind.METHOD, shortened(path) + " takes " + methods);
        });
  }

  private static String shortened(String path) {
    return path.length() <= 100 ? path : path.substring(0, 100) + "…";
  }

  private int run(Route route, Exchange exchange, Response response) {
    try {
      guard.check(exchange, route.needsKey());
      route.endpoint().answer(exchange);
      return response.getStatus();
    } catch (HttpError e) {
      return fail(route, exchange, e);
    } catch (ClientGoneException e) {
      return gone(exchange, e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      LOG.log(Level.ERROR, "fault at " + route.path(), e);
      HttpError error = HttpError.of(HttpError.Kind.INTERNAL, "fault of the server; see its log");
      return fail(route, exchange, error.because(e));
    }
  }

  private static int gone(Exchange exchange, ClientGoneException e) {
    exchange.recordProblem(e.getMessage());
    exchange.connection().abort();
    return ExchangeRecord.CLIENT_GONE;
  }

  private static int fail(Route route, Exchange exchange, HttpError error) {
    exchange.recordProblem(error.getMessage());
    if (exchange.begun()) {
      exchange.connection().abort();
      return error.status();
    }
    error
        .retryAfterSeconds()
        .ifPresent(seconds -> exchange.setHeader("Retry-After", Integer.toString(seconds)));
    try {
      exchange.answer(error.status(), "application/json", Json.write(route.errors().body(error)));
      return error.status();
    } catch (ClientGoneException e) {
      return gone(exchange, e);
    }
  }
}
