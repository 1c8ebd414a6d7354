package io.firesteel.bench.measure;

import java.util.Locale;

/** How a cache comes by the positions that decoding is measured after. */
public enum CacheFill {
  /** All tokens are computed, as a prompt is. */
  PREFILL("all positions computed"),

  /** The first page is computed; the others are copies of it. */
  COPY("positions after the first page are copies of it, not computed");

  private final String description;

  CacheFill(String description) {
    this.description = description;
  }

  /** What it does, in words. */
  public String description() {
    return description;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
