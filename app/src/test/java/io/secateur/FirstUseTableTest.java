package io.secateur;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of docs/experiments/first-use.md is what its result files say. */
class FirstUseTableTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String DEMO = "-demo.json";

  @Test
  void demo_and_tests_of_a_fresh_clone() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | processor | cores | demo, s | CA before → after, % | true ASR before → after, % | all tests, s |
            |---|---|---|---|---|---|
            """);
    try (Stream<Path> found = Files.list(ExperimentTables.RESULTS.resolve("first-use"))) {
      for (Path demo : found.filter(file -> file.toString().endsWith(DEMO)).sorted().toList()) {
        String processor = demo.getFileName().toString().replace(DEMO, "");
        JsonNode times = read(demo.resolveSibling(processor + ".json"));
        Schemas.assertDocumented("result", Files.readString(demo));
        JsonNode result = read(demo);
        table.append(
            String.format(
                Locale.ROOT,
                "| %s | %d | %d | %.2f → %.2f | %.2f → %.2f | %d |%n",
                processor,
                times.get("cores").intValue(),
                times.get("demoSeconds").intValue(),
                result.at("/cleanAccuracy/before/value").doubleValue(),
                result.at("/cleanAccuracy/after/value").doubleValue(),
                result.at("/trueAsr/before/value").doubleValue(),
                result.at("/trueAsr/after/value").doubleValue(),
                times.get("verifySeconds").intValue()));
      }
    }
    ExperimentTables.check("docs/experiments/first-use.md", "first use", table.toString());
  }

  private static JsonNode read(Path file) throws IOException {
    return JSON.readTree(Files.readAllBytes(file));
  }
}
