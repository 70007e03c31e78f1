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

/** The table of docs/experiments/unlearning.md is what its result files say. */
class UnlearningTableTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void wrong_answers_after_unlearning() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | wrong before | wrong after | most to label | of the wrong answers, % | next label, % | seconds |
            |---|---|---|---|---|---|---|
            """);
    List<Path> files;
    try (Stream<Path> found = Files.list(ExperimentTables.RESULTS.resolve("unlearning"))) {
      files = found.sorted().toList();
    }
    for (Path file : files) {
      Schemas.assertDocumented("bench-unlearning", Files.readString(file));
      JsonNode result = JSON.readTree(Files.readAllBytes(file));
      int label = result.get("label").intValue();
      int next = 0;
      for (int other = 0; other < result.get("wrong").size(); other++) {
        next = other == label ? next : Math.max(next, result.get("wrong").get(other).intValue());
      }
      int all = result.at("/share/n").intValue();
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %d of %d | %d | %d | %.0f (%.0f-%.0f) | %.0f | %.0f |%n",
              file.getFileName().toString().replace(".json", ""),
              result.get("wrongBefore").intValue(),
              result.get("images").intValue(),
              all,
              label,
              result.at("/share/value").doubleValue(),
              result.at("/share/low").doubleValue(),
              result.at("/share/high").doubleValue(),
              100.0 * next / all,
              result.get("seconds").doubleValue()));
    }
    ExperimentTables.check("docs/experiments/unlearning.md", "unlearning", table.toString());
  }
}
