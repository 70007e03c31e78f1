package io.secateur.report;

import java.util.List;
import java.util.Map;

/**
 * What the page shows, in the words it is shown in. The template escapes every text.
 *
 * @param headline the verdict
 * @param tone good, bad, or open: colours the verdict
 * @param tiles the figures that matter most
 * @param charts data of the charts as JSON that is safe inside a script element
 * @param limits what this run cannot rule out
 */
public record ReportPage(
    String title,
    String headline,
    String tone,
    String reason,
    List<Tile> tiles,
    List<Measure> measures,
    List<Pictured> pictures,
    List<LayerStrip> strips,
    List<StageTime> stages,
    List<String> notes,
    List<String> limits,
    Map<String, String> facts,
    Map<String, String> settings,
    Map<String, String> versions,
    String prunedSummary,
    boolean hasHunt,
    boolean hasSearch,
    String charts) {

  /** A large figure: before → after. */
  public record Tile(String name, String before, String after, String change, String tone) {}

  /** A row of the table of measures. */
  public record Measure(
      String name,
      String meaning,
      String before,
      String beforeInterval,
      String after,
      String afterInterval,
      String images) {}

  /** One label's synthesised trigger; pictures are data URIs, empty if not at hand. */
  public record Pictured(
      int label,
      String name,
      String norm,
      String index,
      String works,
      String mark,
      String mask,
      String pattern,
      String triggered) {}

  /** A layer's channels: total, pruned, and the places of the pruned ones, in percent. */
  public record LayerStrip(String name, int total, int pruned, double width, List<Cell> cells) {}

  /** One pruned channel on a strip. */
  public record Cell(double left, double width, String tip) {}

  /** A stage and how long it took. */
  public record StageTime(String name, String seconds, double share) {}
}
