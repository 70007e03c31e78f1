package io.secateur.report;

/** The report of a repair. */
public final class HtmlReport {
  private HtmlReport() {}

  /** The page about a repair: whoever has the two files can make it again. */
  public static String render(RepairResult result, Evidence evidence) {
    return HtmlPage.render("report", HtmlPage.ALL_CHARTS, RepairPage.of(result, evidence));
  }
}
