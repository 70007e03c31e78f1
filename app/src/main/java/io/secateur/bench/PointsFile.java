package io.secateur.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.secateur.data.BadData;
import io.secateur.defence.RepairOutcome;
import io.secateur.format.LoadedModel;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.report.ResultJson;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code points.json}: every mask that a repair judged on its hold-out images, as channels of the
 * network as it came, so that another of them can be had later without a search.
 *
 * @param schemaVersion raised when a key changes its meaning
 * @param model that the points are of
 * @param weightsTuned whether the repair changed other weights too, which no point brings back
 * @param points in the order of {@code searches} in result.json
 */
public record PointsFile(
    @JsonProperty(required = true) int schemaVersion,
    @JsonProperty(required = true) PlanFile.Model model,
    @JsonProperty(required = true) boolean weightsTuned,
    @JsonProperty(required = true) List<Point> points) {
  /** What it is called in the folder of a repair. */
  public static final String NAME = "points.json";

  /**
   * One mask.
   *
   * @param point its number
   * @param channels pruned, ascending, by layer
   */
  public record Point(
      @JsonProperty(required = true) int point,
      @JsonProperty(required = true) Map<String, List<Integer>> channels) {}

  private static final int VERSION = 1;
  private static final int MAX_BYTES = 1 << 26;
  private static final String ACCEPTED = "the points.json of a repair";

  static PointsFile of(LoadedModel model, RepairOutcome outcome) {
    List<Point> points = new ArrayList<>();
    for (RepairOutcome.Search search : outcome.searches()) {
      for (PruningPlan plan : search.plans()) {
        Map<String, List<Integer>> channels = new TreeMap<>();
        for (PrunedChannel channel : plan.channels()) {
          channels
              .computeIfAbsent(channel.layer(), layer -> new ArrayList<>())
              .add(channel.index());
        }
        channels.values().forEach(indices -> indices.sort(null));
        points.add(new Point(points.size(), channels));
      }
    }
    PlanFile followed = PlanFile.of(model, outcome.plan(), outcome.network());
    return new PointsFile(VERSION, followed.model(), followed.weightsTuned(), points);
  }

  String json() {
    return ResultJson.of(this);
  }

  /**
   * The plan of point {@code number} in the folder of a repair.
   *
   * @throws BadData if the file is none, or of another version
   * @throws BadSetting if it has no such point
   */
  public static PlanFile plan(Path folder, int number) {
    Path file = folder.resolve(NAME);
    PointsFile read = StrictJson.read(file, MAX_BYTES, PointsFile.class, ACCEPTED);
    if (read.schemaVersion() != VERSION) {
      throw new BadData(
          file.toString(), "schemaVersion is " + read.schemaVersion(), String.valueOf(VERSION));
    }
    if (read.points().isEmpty()) {
      throw new BadSetting("point is " + number + "; the repair in " + folder + " judged no masks");
    }
    if (number < 0 || number >= read.points().size()) {
      throw new BadSetting(
          "point is "
              + number
              + "; "
              + file
              + " has 0 to "
              + (read.points().size() - 1)
              + ", as in the report's table of masks");
    }
    List<PrunedChannel> channels = new ArrayList<>();
    Point chosen = read.points().get(number);
    if (chosen == null || chosen.channels().containsValue(null)) {
      throw new BadData(file.toString(), "point " + number + " is incomplete", ACCEPTED);
    }
    Map<String, List<Integer>> byLayer = chosen.channels();
    byLayer.forEach(
        (layer, indices) -> {
          for (Integer index : indices) {
            if (index == null || index < 0) {
              throw new BadData(
                  file.toString(),
                  "point " + number + ", " + layer + ": " + index,
                  "channels from 0");
            }
            channels.add(new PrunedChannel(layer, index, 0, "point " + number));
          }
        });
    return new PlanFile(VERSION, read.model(), read.weightsTuned(), channels);
  }
}
