package io.secateur.cli;

import io.secateur.text.ForeignText;

/** Foreign text on a terminal. */
final class Shown {
  private Shown() {}

  /** Without control characters, which could move the cursor or set colours. */
  static String text(String foreign) {
    return ForeignText.shown(foreign);
  }
}
