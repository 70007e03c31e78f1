package io.secateur;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of docs/experiments/residual.md is what its result files say. */
class OverlapTableTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void channels_that_triggers_move_in_the_blocks_of_a_stage() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network, trigger | stage | channels | shared by chance, % | sums: shared, % | branches | inner | rank correlation: sums | branches | inner |
            |---|---|---|---|---|---|---|---|---|---|
            """);
    for (Path file : files()) {
      String text = Files.readString(file);
      Schemas.assertDocumented("bench-overlap", text);
      JsonNode result = JSON.readTree(text);
      for (String stage : stages(result)) {
        table.append(row(file.getFileName().toString().replace(".json", ""), stage, result));
      }
    }
    ExperimentTables.check("docs/experiments/residual.md", "overlap", table.toString());
  }

  private static String row(String name, String stage, JsonNode result) {
    List<JsonNode> pairs = new ArrayList<>();
    for (JsonNode pair : result.get("pairs")) {
      if (pair.get("stage").asString().equals(stage)) {
        pairs.add(pair);
      }
    }
    JsonNode any = pairs.get(0);
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.0f | %.0f | %s | %s |%n",
        name,
        stage,
        100.0 * any.get("top").intValue() / any.get("byChance").doubleValue(),
        any.get("byChance").doubleValue(),
        means(pairs, "overlap", "%.0f"),
        means(pairs, "rankCorrelation", "%.2f"));
  }

  /** Of sums, branches and inner places, each over its pairs. */
  private static String means(List<JsonNode> pairs, String figure, String format) {
    return Stream.of("sum", "branch", "inner")
        .map(
            role ->
                pairs.stream()
                    .filter(pair -> pair.get("role").asString().equals(role) && pair.has(figure))
                    .mapToDouble(pair -> pair.get(figure).doubleValue())
                    .average())
        .map(mean -> mean.isPresent() ? String.format(Locale.ROOT, format, mean.getAsDouble()) : "")
        .collect(Collectors.joining(" | "));
  }

  private static Set<String> stages(JsonNode result) {
    Set<String> stages = new LinkedHashSet<>();
    result.get("pairs").forEach(pair -> stages.add(pair.get("stage").asString()));
    return stages;
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> found = Files.list(ExperimentTables.RESULTS.resolve("overlap"))) {
      return found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
