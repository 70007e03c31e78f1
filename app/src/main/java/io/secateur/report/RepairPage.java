package io.secateur.report;

import java.util.LinkedHashMap;
import java.util.Map;

/** The page about a repair, made of nothing but the files that the repair wrote. */
final class RepairPage {
  private RepairPage() {}

  static ReportPage of(RepairResult result, Evidence evidence) {
    GraphSection graph = GraphSection.of(evidence);
    SearchSection search = SearchSection.of(result.searches());
    FeatureSection features = FeatureSection.of(result, evidence);
    Map<String, Object> charts = new LinkedHashMap<>();
    if (evidence.triggers().hunted()) {
      charts.put("labels", result.labels());
      evidence.triggers().floor().ifPresent(floor -> charts.put("floor", floor));
    }
    charts.put("graph", graph.chart());
    charts.putAll(search.chart());
    charts.put("features", features.chart());
    return new ReportPage(
        "Secateur report: " + fileName(result.model().path()),
        VerdictSection.of(result, evidence),
        result.notes(),
        MeasureSection.of(result),
        TriggerSection.of(result, evidence),
        StripSection.of(result, evidence),
        graph,
        ChannelSection.of(result, evidence),
        search,
        ClassSection.of(evidence),
        features,
        AttentionSection.of(evidence),
        RepairLimits.of(result),
        OriginSection.of(result),
        HtmlPage.embeddable(charts));
  }

  /** The last name in a path of any system. */
  static String fileName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }
}
