package io.secateur.cli;

import static io.secateur.Schemas.assertDocumented;
import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchOverlapCommandTest {
  private static final Path ZOO = Path.of(System.getProperty("secateur.root"), "zoo");
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  @Test
  void what_the_trigger_moves_is_told_for_every_place_and_drawn() throws Exception {
    Path picture = folder.resolve("new/overlap.svg");

    Outcome outcome =
        run(
            "--data",
            "shapes:@defender",
            "--images",
            "40",
            "--picture",
            picture.toString(),
            "--json");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertDocumented("bench-overlap", outcome.out());
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.get("sites").size()).isPositive();
    assertThat(result.get("pairs").size()).isPositive();
    var drawn = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(picture.toFile());
    assertThat(drawn.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(drawn.getElementsByTagName("path").getLength()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--images|0|--images is 0; expected at least 1",
        "--top|0|--top is 0.0; expected more than 0, at most 1",
        "--top|1.5|--top is 1.5; expected more than 0, at most 1",
        "--picture|.|--picture: .: cannot be written",
      })
  void what_cannot_be_meant_is_refused(String option, String value, String said)
      throws IOException {
    Outcome outcome = run("--data", "shapes:", option, value);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains(said);
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void a_network_without_ground_truth_is_refused() {
    Outcome outcome =
        CommandRunner.run(
            "bench", "overlap", ZOO.resolve("clean-0.safetensors").toString(), "--data", "shapes:");

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains("--truth is missing; expected");
  }

  private static Outcome run(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("bench", "overlap", ZOO.resolve("badnets.safetensors").toString()));
    arguments.addAll(List.of("--truth", ZOO.resolve("badnets.truth.json").toString()));
    arguments.addAll(List.of(options));
    return CommandRunner.run(arguments.toArray(String[]::new));
  }
}
