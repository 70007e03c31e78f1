package io.secateur;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of docs/experiments/stimulation.md is what its result files say. */
class StimulationTableTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void what_pruning_the_voices_of_a_label_does() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | channels pruned | CA before → after, % | true ASR before → after, % | own label under the trigger, % | treatment, s |
            |---|---|---|---|---|---|
            """);
    for (Path file : files()) {
      Schemas.assertDocumented("result", Files.readString(file));
      JsonNode result = JSON.readTree(Files.readAllBytes(file));
      boolean attacked = result.has("trueAsr");
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %s | %s | %s | %.0f |%n",
              file.getFileName().toString().replace(".json", ""),
              result.at("/channels/pruned").intValue(),
              change(result, "cleanAccuracy"),
              attacked ? change(result, "trueAsr") : "no backdoor",
              attacked ? change(result, "recoveryAccuracy") : "",
              result.at("/seconds/stages/stimulation").doubleValue()));
    }
    ExperimentTables.check("docs/experiments/stimulation.md", "stimulation", table.toString());
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> found = Files.list(ExperimentTables.RESULTS.resolve("stimulation"))) {
      return found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static String change(JsonNode result, String figure) {
    return String.format(
        Locale.ROOT,
        "%.2f → %.2f",
        result.at("/" + figure + "/before/value").doubleValue(),
        result.at("/" + figure + "/after/value").doubleValue());
  }
}
