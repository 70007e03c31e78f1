package io.secateur;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of docs/experiments/shifts.md is what its result files say. */
class ShiftTableTest {
  private static final JsonMapper JSON = new JsonMapper();

  /** Networks that other people trained tell the target in their name. */
  private static final Pattern TARGET = Pattern.compile("-t(\\d+)$");

  @Test
  void how_small_the_smallest_shift_of_a_network_is() throws IOException {
    ExperimentTables.check("docs/experiments/shifts.md", "shifts", table());
  }

  private static String table() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | architecture | true target | label with the smallest shift | its size | of the median, % | anomaly index | prominence | verdict | seconds |
            |---|---|---|---|---|---|---|---|---|---|
            """);
    for (Path file : files()) {
      String text = Files.readString(file);
      Schemas.assertDocumented("scan", text);
      JsonNode scan = JSON.readTree(text);
      String name = file.getFileName().toString().replace(".json", "");
      JsonNode smallest =
          scan.get("labels")
              .valueStream()
              .min(Comparator.comparingDouble(label -> label.get("norm").doubleValue()))
              .orElseThrow();
      double norm = smallest.get("norm").doubleValue();
      OptionalInt target = target(name);
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %d | %.3f | %.0f | %.2f | %.2f | %s | %.0f |%n",
              name,
              scan.at("/model/architecture").asString(),
              target.isPresent() ? target.getAsInt() : "none",
              smallest.get("label").intValue(),
              norm,
              100 * norm / scan.get("medianNorm").doubleValue(),
              smallest.get("anomalyIndex").doubleValue(),
              scan.get("prominence").doubleValue(),
              scan.get("verdict").asString(),
              scan.get("seconds").doubleValue()));
    }
    return table.toString();
  }

  private static OptionalInt target(String name) throws IOException {
    Path truth = ExperimentTables.ROOT.resolve("zoo/" + name + ".truth.json");
    if (Files.exists(truth)) {
      return OptionalInt.of(JSON.readTree(Files.readString(truth)).get("target").intValue());
    }
    Matcher said = TARGET.matcher(name);
    return said.find() ? OptionalInt.of(Integer.parseInt(said.group(1))) : OptionalInt.empty();
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> found = Files.list(ExperimentTables.RESULTS.resolve("shifts"))) {
      return found.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
