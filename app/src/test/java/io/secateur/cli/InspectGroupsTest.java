package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.Schemas;
import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.LayerList;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code inspect --groups} on networks that are not built in. */
class InspectGroupsTest {
  private static final String DENSE =
      """
      name: dense
      input: {channels: 3, height: 8, width: 8}
      layers:
        - {name: stem, type: conv, out: 6, kernel: 3, padding: 1, bias: false}
        - {name: norm1, type: batch-norm}
        - {name: relu1, type: relu}
        - {name: grow, type: conv, out: 2, kernel: 3, padding: 1, bias: false}
        - {name: joined, type: concat, from: [stem, grow]}
        - {name: norm2, type: batch-norm}
        - {name: pool, type: global-average-pool}
        - {name: flat, type: flatten}
        - {name: fc, type: linear, out: 4}
      """;

  private static final String GATED =
      """
      name: gated
      input: {channels: 3, height: 8, width: 8}
      layers:
        - {name: stem, type: conv, out: 6, kernel: 3, padding: 1}
        - {name: squeeze, type: global-average-pool}
        - {name: down, type: conv, out: 2, kernel: 1}
        - {name: relu, type: relu}
        - {name: up, type: conv, out: 6, kernel: 1}
        - {name: gate, type: sigmoid}
        - {name: scaled, type: multiply, from: [stem, gate]}
        - {name: flat, type: flatten}
        - {name: fc, type: linear, out: 4}
      """;

  private static final String STREAM =
      """
      name: stream
      input: {channels: 3, height: 8, width: 8}
      layers:
        - {name: stem, type: conv, out: 6, kernel: 3, padding: 1, bias: false}
        - {name: before, type: batch-norm}
        - {name: relu, type: relu}
        - {name: wide, type: conv, out: 4, kernel: 1, bias: false}
        - {name: depthwise, type: conv, out: 4, kernel: 3, padding: 1, groups: 4, bias: false}
        - {name: grouped, type: conv, out: 6, kernel: 3, padding: 1, groups: 2, bias: false}
        - {name: sum, type: add, from: [grouped, stem]}
        - {name: pool, type: global-average-pool}
        - {name: flat, type: flatten}
        - {name: fc, type: linear, out: 4}
      """;

  @TempDir private Path temp;

  @Test
  void residual_pre_activation_depthwise_and_grouped_layers_are_told_apart() throws IOException {
    assertThat(inspect(STREAM, "--groups").out().lines().skip(5))
        .containsExactly(
            "6 groups #0-5 on a residual stream (added at sum)",
            "  stem[0-5]                                writes the channel, added at sum",
            "  before[0-5]                              normalises stem, channel by channel",
            "  grouped[0-5]                             writes the channel, added at sum",
            "  read by wide, fc",
            "",
            "4 groups #6-9 inside a block (written by wide alone)",
            "  wide[0-3]                                writes the channel",
            "  depthwise[0-3]                           filters wide, channel by channel",
            "  read by grouped",
            "",
            "4 groups #10-13 of class scores; never removed (class score)",
            "  fc[0-3]                                  yields the class scores",
            "");
  }

  @Test
  void a_person_reads_which_layers_share_a_channel_and_why() throws IOException {
    assertThat(inspect(DENSE, "--groups").out().lines().skip(5))
        .containsExactly(
            "6 groups #0-5 inside a block (written by stem alone)",
            "  stem[0-5]                                writes the channel",
            "  norm1[0-5]                               normalises stem, channel by channel",
            "  norm2[0-5]                               normalises joined, channel by channel",
            "  read by grow, fc",
            "",
            "2 groups #6-7 inside a block (written by grow alone)",
            "  grow[0-1]                                writes the channel",
            "  norm2[6-7]                               normalises joined, channel by channel",
            "  read by fc",
            "",
            "4 groups #8-11 of class scores; never removed (class score)",
            "  fc[0-3]                                  yields the class scores",
            "");
    assertThat(inspect(GATED, "--groups").out())
        .contains(
            "6 groups #0-5 inside a block (multiplied at scaled)",
            "  up[0-5]                                  writes the channel, multiplied at scaled",
            "  read by down, fc");
  }

  @Test
  void a_program_gets_all_of_them() throws IOException {
    JsonNode groups = json(inspect(GATED, "--groups", "--json")).path("couplingGroups");
    JsonNode without = json(inspect(GATED, "--json")).path("couplingGroups");

    assertThat(groups.at("/blocks/0/kind").asString()).isEqualTo("INNER");
    assertThat(groups.at("/blocks/0/groups").asInt()).isEqualTo(6);
    assertThat(groups.at("/blocks/0/layers/1/layer").asString()).isEqualTo("up");
    assertThat(groups.at("/blocks/0/layers/1/last").asInt()).isEqualTo(5);
    assertThat(groups.path("prunable")).isEqualTo(without.path("prunable"));
    assertThat(without.has("blocks")).isFalse();
  }

  private static JsonNode json(Outcome outcome) {
    Schemas.assertDocumented("inspect", outcome.out());
    return JsonMapper.shared().readTree(outcome.out());
  }

  private Outcome inspect(String layers, String... more) throws IOException {
    Path list = Files.writeString(temp.resolve("list.yaml"), layers);
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    LayerList.read(layers)
        .requiredTensors()
        .forEach(
            (name, shape) -> {
              int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
              tensors.put(name, WeightTensor.ofFloats(shape, new float[size]));
            });
    Path model = SmallModel.write(temp.resolve("m.safetensors"), Weights.of(tensors));
    String[] line =
        Arrays.copyOf(new String[] {"inspect", model + "", "--arch", list + ""}, 4 + more.length);
    System.arraycopy(more, 0, line, 4, more.length);
    Outcome outcome = CommandRunner.run(line);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return outcome;
  }
}
