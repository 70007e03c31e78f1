package io.secateur.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A thousand broken files for each reader; {@link FuzzRun} tries as many as it is told. */
class FuzzTest {
  private static final int INPUTS = Integer.getInteger("fuzz.inputs", 1000);

  @TempDir private Path folder;

  static Stream<Target> targets() throws IOException {
    List<Target> targets = new ArrayList<>(ModelTargets.all());
    targets.addAll(DataTargets.all());
    targets.addAll(TextTargets.all());
    return targets.stream();
  }

  @ParameterizedTest
  @MethodSource("targets")
  void no_file_breaks_a_reader(Target target) throws IOException {
    for (List<byte[]> seed : target.seeds()) {
      assertThat(new Oracle(target, folder).read(seed)).as(target.name()).isEqualTo(ACCEPTED);
    }
    Batch.Result result = new Batch(target, 1, folder).run(INPUTS, Batch.Watch.NONE);
    assertThat(result.findings().keySet()).as(target.name()).isEmpty();
    assertThat(result.accepted()).isLessThan(INPUTS);
    assertThat(result.refusals()).isGreaterThan(1);
  }

  private static final Oracle.Outcome ACCEPTED =
      new Oracle.Outcome(Optional.empty(), Optional.empty());
}
