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

/** The tables of docs/experiments/unlearning.md are what its result files say. */
class UnlearningTableTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path RESULTS = ExperimentTables.RESULTS.resolve("unlearning");

  @Test
  void new_mistakes_of_networks_that_had_no_part_in_the_choice() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | epochs | recognised before | new mistakes | most to label | of the new mistakes, % | next label, % | seconds |
            |---|---|---|---|---|---|---|---|
            """);
    for (Path file : files(RESULTS)) {
      Schemas.assertDocumented("bench-unlearning", Files.readString(file));
      JsonNode result = JSON.readTree(Files.readAllBytes(file));
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %d of %d | %d | %d | %s | %.0f | %.0f |%n",
              name(file),
              result.get("epochs").intValue(),
              result.get("knew").intValue(),
              result.get("images").intValue(),
              result.at("/share/n").intValue(),
              result.get("label").intValue(),
              share(result),
              next(result, "mistakes"),
              result.get("seconds").doubleValue()));
    }
    ExperimentTables.check("docs/experiments/unlearning.md", "unlearning", table.toString());
  }

  @Test
  void repairs_that_no_trigger_led_to() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | target | of the new mistakes, % | CA before → after, % | true ASR before → after, % | channels | seconds |
            |---|---|---|---|---|---|---|
            """);
    for (Path file : files(RESULTS.resolve("repairs"))) {
      JsonNode result = JSON.readTree(Files.readAllBytes(file));
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %d | %.0f | %.2f → %.2f | %.2f → %.2f | %d | %.0f |%n",
              name(file),
              result.get("target").intValue(),
              result.at("/fallback/share/value").doubleValue(),
              result.at("/cleanAccuracy/before/value").doubleValue(),
              result.at("/cleanAccuracy/after/value").doubleValue(),
              result.at("/trueAsr/before/value").doubleValue(),
              result.at("/trueAsr/after/value").doubleValue(),
              result.at("/channels/pruned").intValue(),
              result.at("/seconds/total").doubleValue()));
    }
    ExperimentTables.check("docs/experiments/unlearning.md", "repairs", table.toString());
  }

  @Test
  void wrong_answers_in_the_first_form() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | wrong before | wrong after | most to label | of the wrong answers, % | next label, % | seconds |
            |---|---|---|---|---|---|---|
            """);
    for (Path file : files(RESULTS.resolve("first-form"))) {
      JsonNode result = JSON.readTree(Files.readAllBytes(file));
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %d of %d | %d | %d | %s | %.0f | %.0f |%n",
              name(file),
              result.get("wrongBefore").intValue(),
              result.get("images").intValue(),
              result.at("/share/n").intValue(),
              result.get("label").intValue(),
              share(result),
              next(result, "wrong"),
              result.get("seconds").doubleValue()));
    }
    ExperimentTables.check("docs/experiments/unlearning.md", "first form", table.toString());
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".json", "");
  }

  private static String share(JsonNode result) {
    return String.format(
        Locale.ROOT,
        "%.0f (%.0f–%.0f)",
        result.at("/share/value").doubleValue(),
        result.at("/share/low").doubleValue(),
        result.at("/share/high").doubleValue());
  }

  /** Share, in percent, of the label that gets most after the first. */
  private static double next(JsonNode result, String counts) {
    int next = 0;
    for (int label = 0; label < result.get(counts).size(); label++) {
      boolean first = label == result.get("label").intValue();
      next = first ? next : Math.max(next, result.get(counts).get(label).intValue());
    }
    return 100.0 * next / result.at("/share/n").intValue();
  }
}
