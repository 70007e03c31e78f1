package io.secateur.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFindingsTest {
  private static final Map<String, String> SUSPECT = Map.of("model.sha256", "ab", "seed", "1");

  @TempDir private Path temp;
  private final AtomicLong cost = new AtomicLong();
  private final AtomicInteger calls = new AtomicInteger();

  /** What a hunt might find. */
  record Finding(int label, float[] trigger, List<Double> norms) {}

  private Checkpoints memory(Map<String, String> suspect) {
    var meter = new SharedFindings.Meter(cost::get, cost::addAndGet);
    return SharedFindings.in(temp.resolve("findings"), suspect, meter).beside(Checkpoints.NONE);
  }

  private Finding find() {
    calls.incrementAndGet();
    cost.addAndGet(70);
    long end = System.nanoTime() + 30_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return new Finding(3, new float[] {0.1f, Float.NaN}, List.of(0.1 + 0.2));
  }

  private Finding hunt(Checkpoints memory) {
    return memory.inCommon().once("hunt-3", Finding.class, this::find);
  }

  @Test
  void the_second_run_takes_what_the_first_found_and_counts_what_it_cost() {
    Checkpoints first = memory(SUSPECT);
    hunt(first);
    long once = cost.get();
    RunContext second = new RunContext(new SeedTree(1), Progress.SILENT, memory(SUSPECT));
    Stopwatch watch = second.stopwatch();

    Finding found = hunt(second.checkpoints());
    watch.lap("hunt");

    assertThat(calls).hasValue(1);
    assertThat(found.label()).isEqualTo(3);
    assertThat(found.trigger()).containsExactly(0.1f, Float.NaN);
    assertThat(found.norms()).containsExactly(0.1 + 0.2);
    assertThat(cost).hasValue(2 * once);
    assertThat(first.borrowedSeconds()).isZero();
    assertThat(second.checkpoints().borrowedSeconds()).isGreaterThanOrEqualTo(0.03);
    assertThat(watch.laps().get("hunt")).isGreaterThanOrEqualTo(0.03);
  }

  @Test
  void a_stopwatch_counts_only_what_is_borrowed_after_its_start() {
    hunt(memory(SUSPECT));
    RunContext second = new RunContext(new SeedTree(1), Progress.SILENT, memory(SUSPECT));
    hunt(second.checkpoints());

    assertThat(second.stopwatch().seconds()).isCloseTo(0, within(0.02));
  }

  @Test
  void other_suspects_share_nothing_and_a_runs_own_memory_is_its_own() {
    hunt(memory(SUSPECT));
    hunt(memory(Map.of("model.sha256", "ab", "seed", "2")));
    assertThat(calls).hasValue(2);

    Checkpoints third = memory(SUSPECT);
    third.once("hunt-3", Finding.class, this::find);
    third.under("branch").inCommon().once("hunt-3", Finding.class, this::find);
    assertThat(calls).hasValue(4);
  }

  @Test
  void runs_that_share_nothing_have_all_in_common_with_themselves() {
    assertThat(Checkpoints.NONE.inCommon()).isSameAs(Checkpoints.NONE);
    assertThat(Checkpoints.NONE.borrowedSeconds()).isZero();
  }

  @Test
  void a_damaged_finding_is_named() throws IOException {
    hunt(memory(SUSPECT));
    Path file;
    try (Stream<Path> files = Files.walk(temp)) {
      file = files.filter(path -> path.endsWith("hunt-3.json")).findFirst().orElseThrow();
    }
    Files.writeString(file, "{\"seconds\": 1,");

    assertThatThrownBy(() -> hunt(memory(SUSPECT)))
        .isInstanceOf(BadRunDirectory.class)
        .hasMessageContaining(file + ": is damaged");
  }

  @Test
  void a_folder_that_cannot_be_made_is_refused() throws IOException {
    Files.writeString(temp.resolve("findings"), "a file");

    assertThatThrownBy(() -> memory(SUSPECT))
        .isInstanceOf(BadRunDirectory.class)
        .hasMessageContaining("findings: cannot be written");
  }
}
