package io.secateur.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.BadData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanSizeTest {
  @TempDir private Path folder;

  private Plan plan(int settings) throws IOException {
    String set =
        IntStream.range(0, settings)
            .mapToObj(i -> "k" + i + ": [1, 2, 3, 4]")
            .collect(Collectors.joining(", "));
    String text =
        "name: x\ndata: 'shapes:'\nmodels: [zoo:badnets]\ndefences: [{method: fp, set: {"
            + set
            + "}}]\n";
    return Plan.read(Files.writeString(folder.resolve("plan.yaml"), text));
  }

  @Test
  void a_plan_of_more_cells_than_anyone_can_run_is_refused_before_they_are_listed()
      throws IOException {
    assertThat(plan(5).defences()).hasSize(1);
    assertThatThrownBy(() -> plan(400))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("plan.yaml")
        .hasMessageContaining("more than 1000000 cells");
  }

  @Test
  void a_plan_that_cannot_be_read_is_refused_by_cause() throws IOException {
    Path none = folder.resolve("none.yaml");
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xE9});

    assertThatThrownBy(() -> Plan.read(none))
        .isInstanceOf(BadData.class)
        .hasMessage(none + ": does not exist; expected a readable file");
    assertThatThrownBy(() -> Plan.read(folder)).hasMessageContaining(": is no regular file;");
    assertThatThrownBy(() -> Plan.read(latin))
        .hasMessage(latin + ": is no text in UTF-8; expected a plan in YAML");
  }
}
