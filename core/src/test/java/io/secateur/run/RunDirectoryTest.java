package io.secateur.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.run.RunDirectory.Existing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {
  private static final Map<String, String> ASKED = Map.of("seed", "7", "model.sha256", "ab12");

  @TempDir private Path temp;

  /** What a stage might store. */
  record Finding(String name, double score, float[] values, List<Integer> labels) {}

  @Test
  void a_finished_part_is_not_done_twice() {
    AtomicInteger calls = new AtomicInteger();
    try (RunDirectory first = open()) {
      first.once("hunt", Finding.class, () -> finding(calls));
      assertThat(first.resumed()).isFalse();
    }
    try (RunDirectory second = open()) {
      Finding again = second.once("hunt", Finding.class, () -> finding(calls));

      assertThat(second.resumed()).isTrue();
      assertThat(calls).hasValue(1);
      assertThat(again.name()).isEqualTo("x");
      assertThat(again.score()).isEqualTo(0.1 + 0.2);
      assertThat(again.values()).containsExactly(1.1f, Float.MIN_VALUE, Float.NaN);
      assertThat(again.labels()).containsExactly(3, 1);
    }
  }

  @Test
  void a_search_replays_its_measurements_exactly_and_goes_on() {
    List<double[]> made = List.of(new double[] {0.1 + 0.2, Double.NaN}, new double[0]);
    try (RunDirectory first = open()) {
      made.forEach(values -> first.measured("search", () -> values));
    }
    try (RunDirectory second = open()) {
      assertThat(second.measured("search", RunDirectoryTest::never)).isEqualTo(made.get(0));
      assertThat(second.measured("search", RunDirectoryTest::never)).isEmpty();
      assertThat(second.measured("search", () -> new double[] {3})).containsExactly(3);
      assertThat(second.measured("other", () -> new double[] {4})).containsExactly(4);
    }
  }

  @Test
  void a_line_torn_by_a_kill_is_measured_again() throws IOException {
    try (RunDirectory first = open()) {
      first.measured("search", () -> new double[] {1});
      first.measured("search", () -> new double[] {2, 3});
    }
    Path log = temp.resolve("out/state/search.log");
    String whole = Files.readString(log);
    Files.writeString(log, whole.substring(0, whole.length() - 4));

    try (RunDirectory second = open()) {
      assertThat(second.measured("search", RunDirectoryTest::never)).containsExactly(1);
      assertThat(second.measured("search", () -> new double[] {2, 3})).containsExactly(2, 3);
    }
    assertThat(log).hasContent(whole);
  }

  @Test
  void a_damaged_line_is_named() throws IOException {
    try (RunDirectory first = open()) {
      first.measured("search", () -> new double[] {1});
    }
    Path log = temp.resolve("out/state/search.log");
    Files.writeString(log, "zzz\n", StandardOpenOption.APPEND);

    try (RunDirectory second = open()) {
      assertThatThrownBy(() -> second.measured("search", RunDirectoryTest::never))
          .isInstanceOf(BadRunDirectory.class)
          .hasMessage(log + ": line 2 is damaged; delete the file to measure again");
    }
  }

  @Test
  void a_damaged_part_is_named_with_what_to_do() throws IOException {
    try (RunDirectory first = open()) {
      first.once("hunt", Finding.class, () -> finding(new AtomicInteger()));
    }
    Path part = temp.resolve("out/state/hunt.json");
    Files.writeString(part, "{\"name\": \"x\", \"sco");

    try (RunDirectory second = open()) {
      assertThatThrownBy(
              () -> second.once("hunt", Finding.class, () -> finding(new AtomicInteger())))
          .isInstanceOf(BadRunDirectory.class)
          .hasMessageStartingWith(part + ": is damaged (")
          .hasMessageContaining("delete it to do that part again")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void another_request_is_refused_and_told_what_differs() {
    open().close();

    assertThatThrownBy(() -> open(Map.of("seed", "8", "method", "onp"), Existing.RESUME))
        .isInstanceOf(BadRunDirectory.class)
        .hasMessageContaining("method was absent, is onp")
        .hasMessageContaining("model.sha256 was ab12, is absent")
        .hasMessageContaining("seed was 7, is 8")
        .hasMessageContaining("--no-resume");
  }

  @Test
  void starting_over_forgets_what_was_done() {
    AtomicInteger calls = new AtomicInteger();
    try (RunDirectory first = open()) {
      first.once("hunt", Finding.class, () -> finding(calls));
    }
    try (RunDirectory second = open(Map.of("seed", "8"), Existing.RESTART)) {
      second.once("hunt", Finding.class, () -> finding(calls));
      assertThat(second.resumed()).isFalse();
    }
    assertThat(calls).hasValue(2);
  }

  @Test
  void two_runs_do_not_share_a_folder() {
    RunDirectory first = open();

    assertThatThrownBy(this::open)
        .isInstanceOf(BadRunDirectory.class)
        .hasMessageContaining("another run is at work in it");

    first.close();
    open().close();
  }

  @Test
  void a_finished_run_leaves_results_only_and_is_not_overwritten_unasked() throws IOException {
    try (RunDirectory run = open()) {
      run.once("hunt", Finding.class, () -> finding(new AtomicInteger()));
      Files.writeString(run.file("result.json"), "{}");
      run.finish();
    }

    assertThat(temp.resolve("out")).isDirectoryNotContaining("glob:**/{state,.lock}");
    for (Existing existing : List.of(Existing.RESUME, Existing.RESTART)) {
      assertThatThrownBy(() -> open(ASKED, existing)).hasMessageContaining("or --force");
    }
    open(ASKED, Existing.OVERWRITE).close();
  }

  @Test
  void a_foreign_folder_is_left_alone() throws IOException {
    Files.createDirectory(temp.resolve("out"));
    Files.writeString(temp.resolve("out/thesis.txt"), "mine");

    assertThatThrownBy(this::open).isInstanceOf(BadRunDirectory.class);

    assertThat(temp.resolve("out"))
        .isDirectoryContaining("glob:**/thesis.txt")
        .isDirectoryNotContaining("glob:**/{state,.lock}");
  }

  @Test
  void a_file_in_place_of_the_folder_is_refused() throws IOException {
    Files.writeString(temp.resolve("out"), "a file");

    assertThatThrownBy(this::open)
        .hasMessage(temp.resolve("out") + ": is a file; expected a folder, or a name that is free");
  }

  @Test
  void keys_cannot_leave_the_folder() {
    try (RunDirectory run = open()) {
      assertThatThrownBy(() -> run.measured("../x", RunDirectoryTest::never))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private RunDirectory open() {
    return open(ASKED, Existing.RESUME);
  }

  private RunDirectory open(Map<String, String> fingerprint, Existing existing) {
    return RunDirectory.open(temp.resolve("out"), fingerprint, existing);
  }

  private static Finding finding(AtomicInteger calls) {
    calls.incrementAndGet();
    return new Finding(
        "x", 0.1 + 0.2, new float[] {1.1f, Float.MIN_VALUE, Float.NaN}, List.of(3, 1));
  }

  private static double[] never() {
    throw new AssertionError("measured again");
  }
}
