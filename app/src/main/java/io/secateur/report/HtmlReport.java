package io.secateur.report;

import io.secateur.data.CleanSample;
import io.secateur.defence.RepairOutcome;
import io.secateur.nn.Network;

/** The report of a repair. */
public final class HtmlReport {
  private HtmlReport() {}

  /** The page about a repair. */
  public static String render(
      RepairResult result, RepairOutcome outcome, CleanSample sample, Network suspect) {
    return render(new RepairPage(result, outcome, sample, suspect).page());
  }

  static String render(ReportPage page) {
    return HtmlPage.render("report", page);
  }
}
