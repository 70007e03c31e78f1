package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.bench.SearchBench.Point;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SearchBenchTest {
  @Test
  void successes_that_fall_together_have_rank_correlation_one_however_unlike_their_sizes() {
    List<Point> path = List.of(new Point(0, 1, 1), new Point(1, 0.9, 0.3), new Point(2, 0.1, 0.2));

    assertThat(SearchBench.rankCorrelation(path)).hasValue(1);
  }

  @Test
  void ties_count_at_their_mean_rank() {
    List<Point> path =
        List.of(
            new Point(0, 1, 1), new Point(1, 1, 0.8), new Point(2, 0.5, 0.9), new Point(3, 0, 0));

    // ranks 3.5 3.5 2 1 against 4 2 3 1: Pearson's of these
    assertThat(SearchBench.rankCorrelation(path).getAsDouble())
        .isCloseTo(3 / Math.sqrt(4.5 * 5), Offset.offset(1e-12));
  }

  @Test
  void nothing_is_said_where_one_of_them_never_changes() {
    List<Point> path = List.of(new Point(0, 1, 1), new Point(1, 1, 0.5), new Point(2, 1, 0.2));

    assertThat(SearchBench.rankCorrelation(path)).isEmpty();
  }
}
