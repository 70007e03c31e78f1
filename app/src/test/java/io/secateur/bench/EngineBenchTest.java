package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.Schemas;
import io.secateur.engine.Engine;
import io.secateur.engine.NumberFormat;
import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.StockArchitectures;
import io.secateur.report.ResultJson;
import io.secateur.run.Progress;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EngineBenchTest {
  @Test
  void measures_every_task_in_every_format_that_the_processor_has() {
    EngineFigures figures =
        EngineBench.run(new EngineBench.Settings(8, 64, 8, 8, 8, 2), Progress.SILENT);
    int formats = Engine.fastest() == NumberFormat.BFLOAT16 ? 2 : 1;
    assertThat(figures.figures()).hasSize(4 * formats);
    assertThat(figures.figures())
        .allSatisfy(
            figure -> {
              assertThat(figure.gigaflops()).isPositive();
              assertThat(figure.ratio()).isPositive();
              if (figure.name().equals("matrix product")) {
                assertThat(figure.ratio()).isEqualTo(1);
              }
            });
    assertThat(figures.table()).hasSize(2 + 4 * formats);
    Schemas.assertDocumented("bench-engine", ResultJson.of(1, figures));
  }

  @Test
  void counts_only_what_is_computed_again() {
    Architecture resnet =
        StockArchitectures.build(
            "resnet18", new StockArchitectures.Options(new FeatureShape(3, 32, 32), 10));
    assertThat(RecomputedMacs.of(resnet, Set.of(resnet.nodes().get(0).name())))
        .isEqualTo(resnet.macs());
    assertThat(RecomputedMacs.of(resnet, Set.of("layer4.1.relu2"))).isEqualTo(512 * 10);
  }
}
