package io.secateur.cli;

/** Foreign text on a terminal. */
final class Shown {
  private Shown() {}

  /** Without control characters, which could move the cursor or set colours. */
  static String text(String foreign) {
    return foreign.replaceAll("\\p{Cntrl}+", "?");
  }
}
