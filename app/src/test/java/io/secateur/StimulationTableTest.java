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

/** The tables of docs/experiments/stimulation.md are what its result files say. */
class StimulationTableTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String HEADER =
      """
       | channels pruned | CA before → after, % | true ASR before → after, % | own label under the trigger, % | seconds without the last evaluation |
      |---|---|---|---|---|---|
      """;

  @Test
  void what_pruning_the_voices_of_a_label_does() throws IOException {
    ExperimentTables.check(
        "docs/experiments/stimulation.md",
        "stimulation",
        table("network", ExperimentTables.RESULTS.resolve("stimulation")));
  }

  @Test
  void what_other_methods_make_of_the_input_aware_network() throws IOException {
    ExperimentTables.check(
        "docs/experiments/stimulation.md",
        "rivals",
        table("method", ExperimentTables.RESULTS.resolve("stimulation/rivals")));
  }

  private static String table(String first, Path folder) throws IOException {
    StringBuilder table = new StringBuilder("| " + first + HEADER);
    for (Path file : files(folder)) {
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
              result.at("/seconds/total").doubleValue()
                  - result.at("/seconds/stages/trusted evaluation").doubleValue()));
    }
    return table.toString();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
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
