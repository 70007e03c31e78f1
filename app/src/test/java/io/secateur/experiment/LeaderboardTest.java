package io.secateur.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.metric.Proportion;
import io.secateur.report.RepairResult;
import io.secateur.report.RepairResult.BeforeAfter;
import io.secateur.run.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
            caBefore,
            caAfter,
            Optional.of(new BeforeAfter(share(IMAGES), share(asrAfter)))));
  }

  /** A run on a network that is clean, left as it came if nothing is lost. */
  private static CellResult clean(String model, String defence, long seed, int caAfter) {
    return new CellResult(
        1,
        cell(model, defence, seed, 100, false),
        result(caAfter == 900 ? "clean" : "not-repaired", 900, caAfter, Optional.empty()));
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
        Map.of());
  }

  private static Proportion share(int successes) {
    return Proportion.of(successes, IMAGES);
  }

  private static RepairResult result(
      String verdict, int caBefore, int caAfter, Optional<BeforeAfter> asr) {
    BeforeAfter accuracy = new BeforeAfter(share(caBefore), share(caAfter));
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
        List.of(),
        Optional.empty(),
        Optional.empty(),
        new RepairResult.Channels(1, 0),
        new RepairResult.Counts(1, 1),
        new RepairResult.Counts(1, 1),
        Optional.empty(),
        new RepairResult.Seconds(1, Map.of()),
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
