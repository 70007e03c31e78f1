package io.secateur.report;

import io.secateur.explain.FeaturePlane;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Features of clean and triggered images in a plane.
 *
 * @param absent why there is none; empty if there is one
 * @param chart the points, for the page's script
 */
public record FeatureSection(
    String absent, String hint, String summary, Map<String, Object> chart) {

  static FeatureSection of(RepairResult result, Evidence evidence) {
    if (evidence.features().isEmpty()) {
      return new FeatureSection(
          evidence.absent().getOrDefault("features", "They were not recorded."), "", "", Map.of());
    }
    FeaturePlane plane = evidence.features().get();
    long triggered = plane.points().stream().filter(FeaturePlane.Point::triggered).count();
    String hint =
        String.format(
            Locale.ROOT,
            "What the last layer reads: %d features of %s and %s of the hold-out part, in the plane"
                + " of the first two principal components before the repair, which holds %.0f %%"
                + " of their variance. The axes of both pictures are the same.",
            plane.width(),
            Shares.count(plane.points().size() - triggered, "clean image"),
            Shares.count(triggered, "triggered image"),
            100 * plane.share());
    String summary =
        triggered == 0
            ? "There is no trigger that can be put on images: clean images only."
            : String.format(
                Locale.ROOT,
                "Among all %d features, %s of the triggered images lay nearest to the mean of the"
                    + " clean images of the target before the repair, %s after it.",
                plane.width(),
                Shares.percent(100 * plane.takenBefore()),
                Shares.percent(100 * plane.takenAfter()));
    Map<String, Object> chart = new LinkedHashMap<>();
    result.target().ifPresent(target -> chart.put("target", evidence.called(target)));
    List<List<Number>> points = new ArrayList<>();
    for (FeaturePlane.Point point : plane.points()) {
      points.add(
          List.of(
              point.label(),
              point.triggered() ? 1 : result.target().orElse(-1) == point.label() ? 2 : 0,
              rounded(point.before().x()),
              rounded(point.before().y()),
              rounded(point.after().x()),
              rounded(point.after().y())));
    }
    chart.put("points", points);
    return new FeatureSection("", hint, summary, chart);
  }

  private static double rounded(double value) {
    return Math.round(1000 * value) / 1000.0;
  }
}
