package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.engine.OneThread;
import io.secateur.graph.ChannelGraph;
import io.secateur.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class PpoMaskTest {
  private static final int NODES = 60;
  private static final int[] CARRIERS = {5, 17, 42};

  private final ChannelGraph graph = Toys.graph(NODES, 120, 1);
  private final float[][] features = featuresThatHintAtCarriers();

  @Test
  void finds_the_exact_optimum_where_every_node_counts_alone() {
    Random random = new Random(3);
    float[][] hints = Toys.features(NODES, 8, 2);
    double[] gains = new double[NODES];
    boolean[] optimum = new boolean[NODES];
    for (int i = 0; i < NODES; i++) {
      optimum[i] = i % 3 == 0;
      gains[i] = (0.5 + random.nextDouble()) * (optimum[i] ? 1 : -1);
      hints[i][0] = (float) (gains[i] + 0.3 * hints[i][0]);
    }
    ToDoubleFunction<boolean[]> phi = mask -> sum(gains, mask);

    for (EncoderKind encoder : EncoderKind.values()) {
      SearchResult found =
          new PpoMask(
                  settings(0.1, 100).withEncoder(encoder), new SplittableRandom(4), Progress.SILENT)
              .search(graph, hints, all(phi), phi::applyAsDouble);

      assertThat(found.pruned()).as("by " + encoder).isEqualTo(optimum);
      assertThat(last(found.curve().meanPhi())).isGreaterThan(0.98 * phi.applyAsDouble(optimum));
    }
  }

  @Test
  void finds_three_nodes_that_only_together_carry_the_backdoor() {
    ToDoubleFunction<boolean[]> phi = PpoMaskTest::backdoor;

    SearchResult found = search(settings(0.1, 150), phi, phi, 5);

    assertThat(nodes(found.pruned())).containsExactly(5, 17, 42);
    assertThat(last(found.curve().entropy())).isLessThan(found.curve().entropy()[0] / 4);
  }

  @Test
  void noise_in_the_measurements_does_not_hide_the_optimum() {
    Random noise = new Random(6);

    SearchResult found =
        search(
            settings(0.1, 150),
            mask -> backdoor(mask) + 0.1 * noise.nextGaussian(),
            PpoMaskTest::backdoor,
            5);

    assertThat(nodes(found.pruned())).contains(5, 17, 42);
    assertThat(found.count()).isLessThanOrEqualTo(5);
  }

  @Test
  void what_was_learnt_is_not_lost_by_going_on() {
    SearchResult found =
        search(settings(0.1, 250), PpoMaskTest::backdoor, PpoMaskTest::backdoor, 5);

    assertThat(last(found.curve().meanPhi())).isGreaterThan(found.score() - 0.1);
  }

  @Test
  void native_memory_stays_flat_over_the_updates() throws IOException {
    Path status = Path.of("/proc/self/status");
    assumeTrue(Files.exists(status), "resident memory is read from /proc");
    search(settings(0.1, 50), PpoMaskTest::backdoor, PpoMaskTest::backdoor, 5);
    long before = residentKilobytes(status);

    search(settings(0.1, 300), PpoMaskTest::backdoor, PpoMaskTest::backdoor, 5);

    // a step's tensors together are about a megabyte: kept, they would be over a gigabyte
    assertThat(residentKilobytes(status) - before).isLessThan(200_000);
  }

  @Test
  void a_warm_start_is_a_candidate_and_is_left_for_a_better_mask() {
    ToDoubleFunction<boolean[]> phi = PpoMaskTest::backdoor;
    double[] logits = new double[NODES];
    Arrays.fill(logits, -4);
    for (int node : new int[] {5, 17, 30, 31, 32}) {
      logits[node] = 1;
    }
    logits[42] = -1;

    SearchResult found =
        new PpoMask(settings(0.1, 100), new SplittableRandom(7), Progress.SILENT)
            .search(graph, features, logits, all(phi), phi::applyAsDouble);

    assertThat(nodes(found.pruned())).containsExactly(5, 17, 42);
  }

  /** Where every node weighs little, what keeps the policy open must weigh little too. */
  @Test
  void a_wide_network_is_not_pruned_at_random_in_the_end() {
    int nodes = 2400;
    ChannelGraph wide = Toys.graph(nodes, 4800, 1);
    double[] drop = new double[nodes];
    for (int carrier : CARRIERS) {
      drop[carrier] = 0.9;
    }
    Random noise = new Random(11);
    ToDoubleFunction<boolean[]> noisy = mask -> backdoor(mask, 0.002) + 0.05 * noise.nextGaussian();

    SearchResult found =
        new PpoMask(settings(0.1, 40), new SplittableRandom(7), Progress.SILENT)
            .search(
                wide,
                Toys.features(nodes, 8, 2),
                AgentSearch.warmLogits(drop),
                all(noisy),
                mask -> backdoor(mask, 0.002));

    double[] pruned = found.curve().pruned();
    assertThat(pruned[0]).isBetween(7.0, 9.0);
    // with one weight of entropy for all sizes it rises to a hundred
    assertThat(Arrays.stream(pruned).max().orElseThrow()).isLessThan(30);
    assertThat(nodes(found.pruned())).containsExactly(5, 17, 42);
  }

  @Test
  void the_same_seed_gives_the_same_search() {
    ToDoubleFunction<boolean[]> phi = PpoMaskTest::backdoor;

    SearchResult first = search(settings(0.1, 20), phi, phi, 8);

    assertThat(search(settings(0.1, 20), phi, phi, 8)).isEqualTo(first);
    assertThat(search(settings(0.1, 20), phi, phi, 9)).isNotEqualTo(first);
  }

  @Test
  void stops_when_patience_ends_and_keeps_the_curve() {
    SearchResult found =
        search(settings(0.1, 200).withIterations(50, 10), mask -> 0, mask -> 0, 10);

    assertThat(found.iterations()).isEqualTo(10);
    assertThat(found.evaluations()).isEqualTo(240);
    assertThat(found.curve().length()).isEqualTo(10);
    assertThat(found.curve().pruned()[0]).isBetween(4.0, 8.0);
  }

  @Test
  void nonsense_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PpoMaskSettings.DEFAULT.withStartProbability(1))
        .withMessageContaining("(0, 1), got 1.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PpoMaskSettings.DEFAULT.withIterations(0))
        .withMessageContaining("iterations");
  }

  private static PpoMaskSettings settings(double startProbability, int iterations) {
    return PpoMaskSettings.DEFAULT
        .withStartProbability(startProbability)
        .withIterations(iterations);
  }

  private SearchResult search(
      PpoMaskSettings settings,
      ToDoubleFunction<boolean[]> phi,
      ToDoubleFunction<boolean[]> score,
      long seed) {
    return new PpoMask(settings, new SplittableRandom(seed), Progress.SILENT)
        .search(graph, features, all(phi), score::applyAsDouble);
  }

  private static MaskObjective all(ToDoubleFunction<boolean[]> phi) {
    return (List<boolean[]> masks, int iteration) -> masks.stream().mapToDouble(phi).toArray();
  }

  private static double sum(double[] gains, boolean[] mask) {
    double sum = 0;
    for (int i = 0; i < mask.length; i++) {
      sum += mask[i] ? gains[i] : 0;
    }
    return sum;
  }

  private static double backdoor(boolean[] mask) {
    return backdoor(mask, 0.02);
  }

  /**
   * Minus the attack's success, which only the last of the carriers brings down, minus the price of
   * every node.
   */
  private static double backdoor(boolean[] mask, double price) {
    double[] success = {1, 0.85, 0.5, 0.02};
    int hit = 0;
    for (int carrier : CARRIERS) {
      hit += mask[carrier] ? 1 : 0;
    }
    return -success[hit] - price * nodes(mask).size();
  }

  /** Eight features, of which one is larger on carriers and is large on a few others too. */
  private static float[][] featuresThatHintAtCarriers() {
    float[][] features = Toys.features(NODES, 8, 101);
    for (int carrier : CARRIERS) {
      features[carrier][0] += 2.5f;
    }
    return features;
  }

  private static List<Integer> nodes(boolean[] mask) {
    return IntStream.range(0, mask.length).filter(i -> mask[i]).boxed().toList();
  }

  private static double last(double[] values) {
    return values[values.length - 1];
  }

  private static long residentKilobytes(Path status) throws IOException {
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
