package io.firesteel.bench.op;

import io.firesteel.model.engine.OpsProvider;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** The registered implementations of single ops. */
public final class OpProviders {
  private OpProviders() {}

  /** All of them by name. */
  public static List<OpsProvider> all() {
    return ServiceLoader.load(OpsProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(OpsProvider::name))
        .toList();
  }

  /**
   * The one with a name.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static OpsProvider named(String name) {
    return all().stream()
        .filter(provider -> provider.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no implementation \"%s\", expected %s"
                        .formatted(
                            name,
                            all().stream()
                                .map(OpsProvider::name)
                                .collect(Collectors.joining(", ")))));
  }
}
