package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.FileHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code repair --compact}, and what its plan is good for afterwards. */
class CompactRepairTest {
  @TempDir private Path temp;

  @Test
  void the_repaired_file_is_smaller_reads_back_and_its_plan_can_be_replayed_and_undone()
      throws IOException {
    Path model = SmallModel.write(temp.resolve("model.safetensors"), SmallModel.weights(10));

    JsonNode compact = repair(model, "compact", "--compact");
    JsonNode masked = repair(model, "masked");

    assertThat(compact.at("/channels")).isEqualTo(masked.at("/channels"));
    assertThat(compact.at("/cleanAccuracy")).isEqualTo(masked.at("/cleanAccuracy"));
    assertThat(masked.has("compact")).isFalse();
    JsonNode gains = compact.at("/compact");
    int zeroed = 0;
    for (JsonNode layer : gains.path("masked")) {
      zeroed += layer.path("channels").size();
    }
    assertThat(gains.path("removed").asInt()).isPositive();
    assertThat(gains.path("removed").asInt() + zeroed)
        .isEqualTo(compact.at("/channels/pruned").asInt());
    assertThat(gains.at("/fileBytes/after").asLong())
        .isEqualTo(Files.size(temp.resolve("compact/treated.safetensors")))
        .isLessThan(gains.at("/fileBytes/before").asLong());
    assertThat(gains.at("/fileBytes/before").asLong())
        .isEqualTo(Files.size(temp.resolve("masked/treated.safetensors")));
    assertThat(gains.at("/secondsPerImage/after").asDouble()).isPositive();
    assertThat(gains.path("largestLogitDifference").asDouble()).isLessThan(1e-4);
    assertThat(compact.at("/parameters/after").asLong())
        .isLessThan(masked.at("/parameters/after").asLong());
    assertThat(compact.path("files").toString())
        .contains("treated.layers.yaml", "treated.undo.safetensors");

    Path replayed = temp.resolve("replayed.safetensors");
    run("apply", plan("masked"), model.toString(), "--compact", "--out=" + replayed);
    assertThat(replayed).hasSameBinaryContentAs(temp.resolve("compact/treated.safetensors"));
    Path back = temp.resolve("back.safetensors");
    run(
        "apply",
        "--undo",
        plan("compact"),
        temp.resolve("compact/treated.safetensors").toString(),
        "--out=" + back);
    assertThat(FileHash.sha256(back)).isEqualTo(FileHash.sha256(model));
  }

  private String plan(String folder) {
    return temp.resolve(folder).resolve("plan.json").toString();
  }

  private static String run(String... line) {
    Outcome outcome = CommandRunner.run(line);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return outcome.out();
  }

  /**
   * Without a hunt, so that nothing is called repaired, and with a threshold that always finds
   * something.
   */
  private JsonNode repair(Path model, String folder, String... more) {
    String[] line = {
      "repair",
      model.toString(),
      "--clean=shapes:size=60",
      "--clean-size=25",
      "--method=clp",
      "--set=hunt=false",
      "--set=clp-u=1",
      "--quiet",
      "--json",
      "--out=" + temp.resolve(folder)
    };
    String[] all = Arrays.copyOf(line, line.length + more.length);
    System.arraycopy(more, 0, all, line.length, more.length);
    Outcome outcome = CommandRunner.run(all);
    assertThat(outcome.out()).as(outcome.err()).startsWith("{");
    return JsonMapper.shared().readTree(outcome.out());
  }
}
