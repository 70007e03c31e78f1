package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.Schemas;
import io.secateur.report.ResultJson;
import io.secateur.run.Progress;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class CompactBenchTest {
  @Test
  void a_share_of_every_layer_is_gone_and_the_logits_are_the_same() throws IOException {
    CompactFigures figures =
        CompactBench.run(new CompactBench.Settings(8, 0.3, 4, 1), 1, Progress.SILENT);

    // 8, 16, 32 and 64 channels lose 2, 4, 9 and 19, once on the stream and twice inside blocks
    assertThat(figures.groups().before()).isEqualTo(3 * (8 + 16 + 32 + 64));
    assertThat(figures.groups().after()).isEqualTo(3 * (6 + 12 + 23 + 45));
    assertThat((double) figures.macs().after() / figures.macs().before()).isBetween(0.4, 0.7);
    assertThat((double) figures.parameters().after() / figures.parameters().before())
        .isBetween(0.4, 0.6);
    assertThat(figures.fileBytes().after()).isLessThan(figures.fileBytes().before());
    assertThat(figures.largestLogitDifference()).isLessThan(1e-4);
    assertThat(figures.timings())
        .isNotEmpty()
        .allSatisfy(
            timing ->
                assertThat(timing.ratio())
                    .isEqualTo(timing.secondsAfter() / timing.secondsBefore()));
    assertThat(figures.table()).hasSize(6 + figures.timings().size());
    Schemas.assertDocumented("bench-compact", ResultJson.of(1, figures));
  }
}
