package io.secateur;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The table of docs/experiments/fuzzing.md is what its result file says. */
class FuzzingTableTest {
  private static final JsonMapper JSON = new JsonMapper();

  @Test
  void inputs_and_findings_of_every_reader() throws IOException {
    JsonNode result =
        JSON.readTree(Files.readAllBytes(ExperimentTables.RESULTS.resolve("fuzz.json")));
    StringBuilder table =
        new StringBuilder(
            """
            | reader | inputs | read without complaint | different refusals a batch, at most | branches, at most | inputs per second | findings |
            |---|---|---|---|---|---|---|
            """);
    long inputs = 0;
    for (Map.Entry<String, JsonNode> reader : result.get("readers").properties()) {
      JsonNode of = reader.getValue();
      inputs += of.get("inputs").longValue();
      append(
          table, reader.getKey(), of, of.get("refusals").asString(), of.get("branches").asString());
    }
    append(table, "all", result, "", "");

    assertThat(inputs).isEqualTo(result.get("inputs").longValue());
    ExperimentTables.check("docs/experiments/fuzzing.md", "fuzzing", table.toString());
  }

  private static void append(
      StringBuilder table, String name, JsonNode of, String refusals, String branches) {
    long inputs = of.get("inputs").longValue();
    table.append(
        String.format(
            Locale.ROOT,
            "| %s | %,d | %,d | %s | %s | %,.0f | %d |%n",
            name,
            inputs,
            of.get("accepted").longValue(),
            refusals,
            branches,
            inputs / of.get("seconds").doubleValue(),
            of.get("findings").longValue()));
  }
}
