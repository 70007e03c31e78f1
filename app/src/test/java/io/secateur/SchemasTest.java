package io.secateur;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The checks themselves, and what is committed. */
class SchemasTest {
  private static final Path ROOT = Path.of(System.getProperty("secateur.root", ".."));

  @Test
  void every_schema_says_its_version() throws IOException {
    JsonMapper json = new JsonMapper();
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      List<Path> schemas = files.filter(f -> f.toString().endsWith(".schema.json")).toList();
      assertThat(schemas).hasSizeGreaterThan(15);
      for (Path file : schemas) {
        JsonNode schema = json.readTree(Files.readAllBytes(file));
        int version = schema.at("/properties/schemaVersion/const").intValue();
        assertThat(version).as(file.toString()).isPositive();
        assertThat(schema.get("title").stringValue())
            .as(file.toString())
            .endsWith(", version " + version);
      }
    }
  }

  @Test
  void what_is_no_sarif_and_no_bill_of_materials_is_told() {
    assertThat(Schemas.sarif("{\"version\": \"2.1.0\", \"runs\": []}")).isEmpty();
    assertThat(Schemas.sarif("{\"version\": \"2.0.0\", \"runs\": []}")).isNotEmpty();
    assertThat(Schemas.sarif("{\"version\": \"2.1.0\"}")).isNotEmpty();
    String bill = "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"version\": %s}";
    assertThat(Schemas.cycloneDx(String.format(bill, "1"))).isEmpty();
    assertThat(Schemas.cycloneDx(String.format(bill, "0"))).isNotEmpty();
    assertThat(
            Schemas.cycloneDx(
                String.format(
                    bill,
                    "1, \"components\": [{\"type\": \"file\", \"name\": \"x\", \"hue\": 1}]")))
        .isNotEmpty();
  }

  @Test
  void keys_that_are_missing_or_not_described_are_told() {
    String plan =
        "{\"schemaVersion\": 1, \"model\": {\"sha256\": \""
            + "0".repeat(64)
            + "\", \"architecture\": \"a\"}, \"weightsTuned\": false,"
            + " \"channels\": [{\"layer\": \"bn\", \"index\": 0, \"score\": 1,"
            + " \"reason\": \"r\"%s}]}";
    assertThat(Schemas.documented("plan", String.format(plan, ""))).isEmpty();
    assertThat(Schemas.documented("plan", String.format(plan, ", \"hue\": 1"))).isNotEmpty();
    assertThat(Schemas.documented("plan", String.format(plan, "").replace("\"index\": 0, ", "")))
        .isNotEmpty();
    String event = "{\"at\": \"%s\", \"seconds\": 0.5, \"kind\": \"end\", \"stage\": \"hunt\"%s}";
    String rest = ", \"took\": 1, \"summary\": \"\"";
    assertThat(Schemas.documented("event", String.format(event, "2026-01-31T12:00:00Z", rest)))
        .isEmpty();
    assertThat(Schemas.documented("event", String.format(event, "2026-01-31T12:00:00Z", "")))
        .isNotEmpty();
    assertThat(Schemas.documented("event", String.format(event, "yesterday", rest))).isNotEmpty();
  }
}
