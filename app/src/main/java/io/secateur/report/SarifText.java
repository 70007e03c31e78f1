package io.secateur.report;

import io.secateur.text.ForeignText;

/** Foreign text in messages of SARIF, which have a syntax of their own. */
final class SarifText {
  private SarifText() {}

  /**
   * {@code foreign} such that a reader shows it as it is: no link, no placeholder, one line.
   *
   * <p>Source: SARIF 2.1.0, sections 3.11.5 (braces are doubled) and 3.11.6 (brackets and backslash
   * are preceded by a backslash).
   */
  static SarifLog.Text of(String foreign) {
    return new SarifLog.Text(
        ForeignText.shown(foreign).replaceAll("[\\\\\\[\\]]", "\\\\$0").replaceAll("[{}]", "$0$0"));
  }
}
