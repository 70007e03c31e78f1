package io.secateur;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables about single searches are what their result files say. */
class SearchTableTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void what_keeps_the_agent_from_drifting() throws IOException {
    ExperimentTables.check("docs/experiments/wide-networks.md", "wide networks", table("wide"));
  }

  @Test
  void what_further_searches_buy() throws IOException {
    ExperimentTables.check("docs/experiments/zoo.md", "second search", furtherSearches());
  }

  private static String furtherSearches() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | channels, first → all searches | CA as it came → first → all, % | true ASR as it came → first → all, % |
            |---|---|---|---|
            """);
    for (Path file : files("second-search")) {
      String name = file.getFileName().toString();
      if (!name.endsWith("-first.json")) {
        continue;
      }
      String network = name.replace("-first.json", "");
      Path repair = file.resolveSibling(network + "-repair.json");
      JsonNode repaired = JSON.readTree(Files.readString(repair));
      List<JsonNode> measured = new ArrayList<>();
      for (String when : List.of("as-it-came", "first", "all")) {
        String text = Files.readString(file.resolveSibling(network + "-" + when + ".json"));
        Schemas.assertDocumented("evaluate", text);
        measured.add(JSON.readTree(text));
      }
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %d → %d | %s | %s |%n",
              network,
              repaired.at("/searches/0/pruned").intValue(),
              repaired.at("/channels/pruned").intValue(),
              path(measured, "cleanAccuracy"),
              path(measured, "trueAsr")));
    }
    return table.toString();
  }

  private static String path(List<JsonNode> measured, String figure) {
    return measured.stream()
        .map(each -> each.at("/" + figure + "/value").doubleValue())
        .map(value -> String.format(Locale.ROOT, "%.2f", value))
        .collect(Collectors.joining(" → "));
  }

  private static String table(String list) throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | seed | search | channels | CA before → after, % | true ASR before → after, % | worth | mean worth of masks, first → last | prunings expected, first → last | rank correlation | masks | seconds |
            |---|---|---|---|---|---|---|---|---|---|---|---|
            """);
    for (Path file : files(list)) {
      String text = Files.readString(file);
      Schemas.assertDocumented("bench-search", text);
      JsonNode result = JSON.readTree(text);
      for (JsonNode search : result.get("searches")) {
        table.append(
            String.format(
                Locale.ROOT,
                "| %s | %d | %s | %d | %s | %s | %.3f | %s | %s | %s | %d | %.0f |%n",
                file.getFileName().toString().replaceAll("-\\d+\\.json$", ""),
                result.get("seed").longValue(),
                search.get("name").asString(),
                search.get("channels").intValue(),
                change(result, search, "cleanAccuracy"),
                change(result, search, "trueAsr"),
                search.get("phi").doubleValue(),
                ends(search.at("/curve/meanPhi"), "%.2f"),
                ends(search.at("/curve/pruned"), "%.0f"),
                search.has("rankCorrelation")
                    ? String.format(
                        Locale.ROOT, "%.2f", search.get("rankCorrelation").doubleValue())
                    : "",
                search.get("evaluations").intValue(),
                search.get("seconds").doubleValue()));
      }
    }
    return table.toString();
  }

  private static String change(JsonNode result, JsonNode search, String figure) {
    return String.format(
        Locale.ROOT,
        "%.2f → %.2f",
        result.at("/before/" + figure + "/value").doubleValue(),
        search.at("/after/" + figure + "/value").doubleValue());
  }

  private static String ends(JsonNode curve, String format) {
    return String.format(
        Locale.ROOT,
        format + " → " + format,
        curve.get(0).doubleValue(),
        curve.get(curve.size() - 1).doubleValue());
  }

  private static List<Path> files(String list) throws IOException {
    try (Stream<Path> found = Files.list(ExperimentTables.RESULTS.resolve(list))) {
      return found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
