package io.secateur.cli;

import static io.secateur.Schemas.assertDocumented;
import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BenchSearchCommandTest {
  private static final Path ROOT = Path.of(System.getProperty("secateur.root"));
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  @Test
  void searches_go_by_the_same_triggers_and_are_measured_beside_each_other() throws IOException {
    Path list = folder.resolve("searches.yaml");
    Files.writeString(
        list,
        """
        - {name: agent, set: {iterations: 5}}
        - {name: no edges, set: {iterations: 5, edgeless: true}}
        - {name: masks, search: masks}
        - {name: random, search: ranked, set: {ranking: random, longest: 4}}
        """);

    Outcome outcome =
        CommandRunner.run(
            "bench",
            "search",
            ROOT.resolve("examples/halves/infected.safetensors").toString(),
            "--arch",
            ROOT.resolve("examples/halves/halves.yaml").toString(),
            "--data",
            "folder:" + ROOT.resolve("examples/halves/images"),
            "--clean",
            "folder:" + ROOT.resolve("examples/halves/images"),
            "--clean-size",
            "120",
            "--searches",
            list.toString(),
            "--json");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertDocumented("bench-search", outcome.out());
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.get("target").isInt()).isTrue();
    assertThat(result.get("searches").size()).isEqualTo(4);
    JsonNode random = result.get("searches").get(3);
    assertThat(random.get("name").stringValue()).isEqualTo("random");
    assertThat(random.get("evaluations").intValue()).isEqualTo(4);
    assertThat(random.at("/settings/ranking").stringValue()).isEqualTo("random");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'- {name: a, search: guess}'|searches.yaml: 'a': search is 'guess'; expected agent, greedy, masks or ranked",
        "'- {name: a, set: {encoder: cnn}}'|expected encoder=gat or gcn or mlp",
        "'- {name: a, set: {nonsense: 1}}'|nonsense",
        "'- {name: a}\n- {name: a}'|two searches are called 'a'",
        "'- {search: greedy}'|name",
        "'[]'|expected at least one search",
      })
  void a_list_that_cannot_be_meant_is_refused_with_file_and_cause(String text, String said)
      throws IOException {
    Path list = Files.writeString(folder.resolve("searches.yaml"), text);

    Outcome outcome =
        CommandRunner.run(
            "bench", "search", "zoo:badnets", "--data", "shapes:", "--searches", list.toString());

    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.err()).contains("searches.yaml", said);
  }
}
