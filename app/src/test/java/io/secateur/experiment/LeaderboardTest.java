package io.secateur.experiment;

import static io.secateur.Schemas.assertDocumented;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.metric.Proportion;
import io.secateur.report.RepairResult;
import io.secateur.report.RepairResult.BeforeAfter;
import io.secateur.report.ResultJson;
import io.secateur.run.Provenance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaderboardTest {
  private static final int IMAGES = 1000;

  @Test
  void seeds_are_averaged_before_networks() {
    List<CellResult> results = new ArrayList<>();
    results.add(run("a", "d", 0, 900, 890, 0));
    results.add(run("a", "d", 1, 900, 870, 200));
    results.add(run("b", "d", 0, 900, 900, 400));

    Leaderboard.Row row = Leaderboard.of("t", results).rows().get(0);

    // a: ASR 0 and 20 %, drop 1 and 3 points; b: 40 % and 0 points.
    assertThat(row.asr().orElseThrow().value()).isCloseTo((10 + 40) / 2.0, within(1e-9));
    assertThat(row.drop().orElseThrow().value()).isCloseTo((2 + 0) / 2.0, within(1e-9));
    assertThat(row.worstAsr()).hasValue(40.0);
    assertThat(row.worstDrop().orElseThrow()).isCloseTo(3, within(1e-9));
    assertThat(row.entries().get(0).asr().orElseThrow().high()).isEqualTo(20);
    // DER by hand: a: ((1 - 0) - 0.01 + 1) / 2 and (0.8 - 0.03 + 1) / 2; b: (0.6 + 1) / 2.
    double a = ((1 - 0.01 + 1) / 2 + (0.8 - 0.03 + 1) / 2) / 2;
    assertThat(row.effectiveness().orElseThrow()).isCloseTo((a + 0.8) / 2, within(1e-9));
  }

  @Test
  void an_interval_holds_its_mean_and_shrinks_to_it_where_nothing_varies() {
    List<CellResult> same =
        List.of(run("a", "d", 0, 900, 890, 100), run("b", "d", 0, 900, 890, 100));
    Leaderboard.Mean constant = Leaderboard.of("t", same).rows().get(0).asr().orElseThrow();
    assertThat(List.of(constant.low(), constant.value(), constant.high())).containsOnly(10.0);

    List<CellResult> varied =
        List.of(run("a", "d", 0, 900, 890, 0), run("b", "d", 0, 900, 890, 500));
    Leaderboard.Mean mean = Leaderboard.of("t", varied).rows().get(0).asr().orElseThrow();
    assertThat(mean.low()).isZero();
    assertThat(mean.value()).isEqualTo(25);
    assertThat(mean.high()).isEqualTo(50);
  }

  @Test
  void the_better_defence_stands_first_and_ties_share_a_place() {
    List<CellResult> results =
        List.of(
            run("a", "worse", 0, 900, 900, 500),
            run("b", "worse", 0, 900, 900, 100),
            run("a", "better", 0, 900, 900, 10),
            run("b", "better", 0, 900, 900, 100));

    Leaderboard board = Leaderboard.of("t", results);

    assertThat(board.rows())
        .extracting(Leaderboard.Row::defence)
        .containsExactly("better", "worse");
    assertThat(board.rows().get(0).meanRank()).hasValue((1 + 1.5) / 2);
    assertThat(board.rows().get(1).meanRank()).hasValue((2 + 1.5) / 2);
  }

  @Test
  void a_clean_network_counts_apart() {
    List<CellResult> results =
        List.of(run("a", "d", 0, 900, 890, 0), clean("c", "d", 0, 880), clean("c", "d", 1, 900));

    Leaderboard board = Leaderboard.of("t", results);
    Leaderboard.Row row = board.rows().get(0);

    assertThat(board.infected()).extracting(Leaderboard.NetworkFigures::name).containsExactly("a");
    assertThat(board.clean()).extracting(Leaderboard.NetworkFigures::name).containsExactly("c");
    assertThat(row.drop().orElseThrow().value()).isCloseTo(1, within(1e-9));
    assertThat(row.cleanDrop().orElseThrow()).isCloseTo(1, within(1e-9));
    assertThat(row.cleanAccused()).hasValue(50.0);
  }

  @Test
  void sizes_of_the_clean_sample_are_told_apart() {
    CellResult small = run("a", "d", 0, 900, 890, 0);
    Cell cell = small.cell();
    CellResult large =
        new CellResult(1, cell(cell.model(), cell.defence(), 0, 500, true), small.result());

    assertThat(Leaderboard.of("t", List.of(small, large)).rows())
        .extracting(Leaderboard.Row::defence)
        .containsExactly("d · 100 images", "d · 500 images");
  }

  @Test
  void what_teaching_again_brings_back_stands_beside_its_control() {
    CellResult left = unfound("b", "d");
    Leaderboard board =
        Leaderboard.of("t", List.of(taught(run("a", "d", 0, 900, 890, 10), 800, 900, 100), left));
    Leaderboard.Row row = board.rows().get(0);

    // a: 80 % come back; b was left as it came, where the trigger always works.
    assertThat(row.reactivation().orElseThrow().value()).isEqualTo((80 + 100) / 2.0);
    assertThat(row.entries().get(0).reactivation()).hasValue(80.0);
    assertThat(row.retuned()).hasValue(new Leaderboard.Retuned(1, 90, 10, 100));
    assertThat(LeaderboardText.markdown(board))
        .contains("| reactivation ASR | synthetic / control | sleeping |")
        .contains("| 90.00 [80.00, 100.00] | 90.00 / 10.00 | 100 % |");
    assertThat(LeaderboardPage.of(board)).contains("reactivation ASR", "control 10.00");
    assertDocumented("leaderboard", ResultJson.of(1, board));
  }

  @Test
  void a_run_that_was_not_taught_again_leaves_no_mean_of_those_that_were() {
    Leaderboard.Row row =
        Leaderboard.of(
                "t",
                List.of(
                    taught(run("a", "d", 0, 900, 890, 10), 800, 900, 100),
                    run("b", "d", 0, 900, 890, 10)))
            .rows()
            .get(0);

    assertThat(row.reactivation()).isEmpty();
    assertThat(row.entries().get(1).reactivation()).isEmpty();
    assertThat(row.retuned().orElseThrow().runs()).isEqualTo(1);
  }

  @Test
  void results_with_and_without_teaching_again_lie_side_by_side(@TempDir Path root)
      throws IOException {
    CellResult taught = taught(run("a", "d", 0, 900, 890, 10), 800, 900, 100);
    ResultFolder folder = new ResultFolder(root);
    folder.keep(taught);
    // As a version wrote it that knew nothing of it.
    CellResult old = run("b", "d", 0, 900, 890, 10);
    folder.keep(old);
    folder.expect(new PlannedCells("t", List.of(taught.cell(), old.cell())));
    assertThat(Files.readString(root.resolve("cells/" + old.cell().id() + ".json")))
        .doesNotContain("stress");

    assertThat(folder.result(old.cell().id())).hasValue(old);
    assertThat(folder.result(taught.cell().id())).hasValue(taught);
    try (CellDatabase database = CellDatabase.of(folder)) {
      assertThat(
              database.csv(
                  "select model, retuned_synthetic_asr as s, retuned_control_asr as c, retuned_asr"
                      + " as a, sleeps from cells order by 1"))
          .isEqualTo("model,s,c,a,sleeps\na,90.0,10.0,80.0,true\nb,,,,\n");
    }
    assertThat(CellTable.csv(List.of(taught)))
        .contains("retuned_synthetic_asr,retuned_control_asr,retuned_asr,sleeps")
        .contains(",90.0000,10.0000,80.0000,true,");
  }

  /**
   * The same, taught again: what the true trigger, the synthetic one and its control then reach.
   */
  private static CellResult taught(CellResult run, int trueAsr, int synthetic, int control) {
    RepairResult r = run.result();
    RepairResult.Stress stress =
        new RepairResult.Stress(
            1,
            new BeforeAfter(share(0), share(synthetic)),
            0,
            new BeforeAfter(share(0), share(control)),
            share(900),
            Optional.of(share(trueAsr)),
            5,
            5,
            synthetic > control);
    return new CellResult(
        1, run.cell(), result(r.verdict(), r.cleanAccuracy(), r.trueAsr(), Optional.of(stress)));
  }

  /** An infected network that a defence took for clean; the truth knows better. */
  private static CellResult unfound(String model, String defence) {
    BeforeAfter same = new BeforeAfter(share(900), share(900));
    BeforeAfter always = new BeforeAfter(share(IMAGES), share(IMAGES));
    RepairResult result = result("clean", same, Optional.of(always), Optional.empty());
    return new CellResult(1, cell(model, defence, 0, 100, true), result);
  }

  @Test
  void a_table_quotes_what_would_break_it() {
    CellResult result = run("a,\"b\"", "d", 0, 900, 890, 0);

    assertThat(CellTable.csv(List.of(result))).contains("\"a,\"\"b\"\"\"").hasLineCount(2);
    assertThat(
            LeaderboardText.markdown(Leaderboard.of("t", List.of(run("a|b", "d", 0, 900, 890, 0)))))
        .contains("a\\|b");
  }

  @Test
  void two_benchmarks_are_matched_cell_by_cell() {
    List<CellResult> first = List.of(run("a", "d", 0, 900, 890, 0), run("b", "d", 0, 900, 890, 0));
    List<CellResult> second = List.of(run("a", "d", 0, 900, 880, 300), run("c", "d", 0, 900, 1, 0));

    Comparison comparison = Comparison.of(first, second);

    assertThat(comparison.onlyFirst()).singleElement().asString().startsWith("b · d");
    assertThat(comparison.onlySecond()).singleElement().asString().startsWith("c · d");
    Comparison.Pair pair = comparison.both().get(0);
    assertThat(pair.accuracy()).isCloseTo(-1, within(1e-9));
    assertThat(pair.asr()).hasValue(30.0);
    assertThat(pair.apart()).isTrue();
    assertThat(pair.differs(30)).isFalse();
    assertThat(pair.differs(29)).isTrue();
  }

  /** A run on a network with a backdoor that always works. */
  private static CellResult run(
      String model, String defence, long seed, int caBefore, int caAfter, int asrAfter) {
    return new CellResult(
        1,
        cell(model, defence, seed, 100, true),
        result(
            "repaired",
            new BeforeAfter(share(caBefore), share(caAfter)),
            Optional.of(new BeforeAfter(share(IMAGES), share(asrAfter))),
            Optional.empty()));
  }

  /** A run on a network that is clean, left as it came if nothing is lost. */
  private static CellResult clean(String model, String defence, long seed, int caAfter) {
    return new CellResult(
        1,
        cell(model, defence, seed, 100, false),
        result(
            caAfter == 900 ? "clean" : "not-repaired",
            new BeforeAfter(share(900), share(caAfter)),
            Optional.empty(),
            Optional.empty()));
  }

  private static Cell cell(String model, String defence, long seed, int size, boolean infected) {
    return new Cell(
        model + defence + seed + size,
        model,
        infected ? Optional.of("badnets") : Optional.empty(),
        defence,
        model,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "shapes:",
        size,
        defence,
        Map.of(),
        false,
        false,
        3,
        5,
        seed,
        1,
        Optional.empty(),
        Map.of());
  }

  private static Proportion share(int successes) {
    return Proportion.of(successes, IMAGES);
  }

  private static RepairResult result(
      String verdict,
      BeforeAfter accuracy,
      Optional<BeforeAfter> asr,
      Optional<RepairResult.Stress> stress) {
    return new RepairResult(
        1,
        verdict,
        verdict,
        "",
        Optional.empty(),
        "d",
        accuracy,
        Optional.empty(),
        asr,
        asr,
        accuracy,
        Optional.empty(),
        List.of(),
        stress,
        Optional.empty(),
        Optional.empty(),
        new RepairResult.Channels(1, 0),
        new RepairResult.Counts(1, 1),
        new RepairResult.Counts(1, 1),
        Optional.empty(),
        new RepairResult.Seconds(1, Map.of(), Optional.empty()),
        Optional.empty(),
        new RepairResult.Model("m", "m", "unit", 2, new RepairResult.Hashes("x", Optional.of("y"))),
        new RepairResult.Data("d", "h", 10, 2),
        new RepairResult.MeasuredOn("t", "h", Optional.empty()),
        new RepairResult.Policy(3, 5),
        List.of(),
        List.of(),
        0,
        7,
        0,
        Map.of(),
        new Provenance("p", "e", "j", "s", "c", 2, "t", 0),
        List.of(),
        List.of());
  }
}
