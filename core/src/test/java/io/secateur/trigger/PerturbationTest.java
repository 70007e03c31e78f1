package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.train.Precision;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Additions, warps and shifts, on networks whose smallest ones are known. */
class PerturbationTest {
  private static final int CLASSES = 6;
  private static final int TARGET = 3;
  private static final int SIDE = 8;
  private final ImageSet rows = Planted.images(CLASSES, 20, 5);
  private final Network infected = Planted.infected(CLASSES, TARGET);
  private final PerturbationFamily additions = new PerturbationFamily.Additions();
  private final PerturbationFamily warps = new PerturbationFamily.Warps(3);

  @Test
  void the_smallest_addition_for_the_planted_label_is_small_and_lies_in_its_corner() {
    SynthesisResult planted = smallest(additions, 6).synthesise(infected, rows, TARGET, 1);
    SynthesisResult blameless = smallest(additions, 6).synthesise(infected, rows, 1, 1);

    assertThat(planted.reached()).isTrue();
    assertThat(planted.success()).isGreaterThan(0.85);
    assertThat(blameless.success()).isGreaterThan(0.85);
    assertThat(planted.norm()).isLessThan(0.6 * blameless.norm());
    float[] delta = ((Trigger.Additive) planted.trigger()).delta();
    double corner = 0;
    for (int i = 0; i < delta.length; i++) {
      corner += Planted.corner(i % (SIDE * SIDE)) ? delta[i] * delta[i] : 0;
    }
    assertThat(corner / Math.pow(planted.norm(), 2)).isGreaterThan(0.5);
  }

  @Test
  void the_smallest_warp_moves_the_line_to_where_the_label_wants_it() {
    SynthesisResult near = smallest(warps, 1).synthesise(columns(), lines(), 1, 1);
    SynthesisResult far = smallest(warps, 3).synthesise(columns(), lines(), 2, 1);

    assertThat(near.success()).isGreaterThanOrEqualTo(0.9);
    assertThat(far.success()).isGreaterThanOrEqualTo(0.9);
    assertThat(near.norm()).isBetween(0.2, 0.9);
    assertThat(far.norm()).isGreaterThan(1.3 * near.norm());
    float[] field = ((Trigger.Warp) near.trigger()).field();
    assertThat(field[3 * SIDE + 4]).as("the line comes from the left").isBetween(-1f, -0.4f);
  }

  @Test
  void the_smallest_shift_for_the_planted_label_wakes_the_planted_channel() {
    Network network = PlantedChannel.infected();
    ImageSet halves = PlantedChannel.images(10, 1);
    PerturbationFamily shifts = new PerturbationFamily.Shifts();

    SynthesisResult planted =
        smallest(shifts, 3).synthesise(network, halves, PlantedChannel.TARGET, 1);
    SynthesisResult blameless = smallest(shifts, 3).synthesise(network, halves, 1, 1);

    assertThat(planted.success()).isGreaterThan(0.9);
    assertThat(planted.norm()).isLessThan(0.7 * blameless.norm());
    float[] raise = raises(planted);
    double all = 0;
    for (float value : raise) {
      all += value * value;
    }
    assertThat(raise[PlantedChannel.CHANNEL]).isPositive();
    assertThat(Math.pow(raise[PlantedChannel.CHANNEL], 2) / all).isGreaterThan(0.5);
  }

  @Test
  void a_shift_begins_anew_where_its_channels_may_be_gone() {
    Network network = PlantedChannel.infected();
    ImageSet halves = PlantedChannel.images(10, 1);
    BudgetedPerturbation shift =
        new BudgetedPerturbation(new PerturbationFamily.Shifts(), 0.8, 60, 16, Precision.FLOAT32);
    SynthesisResult first = shift.synthesise(network, halves, 1, 1);

    assertThat(first.norm()).isLessThan(0.8 + 1e-5);
    assertThat(shift.from(first.trigger(), network, halves, 1, 1)).isEqualTo(first);
    Trigger warp = new Trigger.Warp(new float[8], SIDE, SIDE);
    assertThatThrownBy(() -> shift.from(warp, network, halves, 1, 1))
        .hasMessageContaining("is no shift");
  }

  private static float[] raises(SynthesisResult result) {
    return ((Trigger.Shift) result.trigger())
        .raises()
        .getOrDefault(PlantedChannel.LAYER, new float[0]);
  }

  @Test
  void what_no_allowed_change_forces_keeps_the_largest_size_and_says_so() {
    SynthesisResult result = smallest(warps, 0.1).synthesise(columns(), lines(), 2, 1);

    assertThat(result.reached()).isFalse();
    assertThat(result.success()).isZero();
    assertThat(result.smallestAfter(result.smallest().size())).isEqualTo(0.1);
  }

  @Test
  void the_strongest_change_keeps_to_its_budget_and_goes_on_from_a_trigger() {
    BudgetedPerturbation half = new BudgetedPerturbation(warps, 0.5, 60, 16, Precision.FLOAT32);
    SynthesisResult first = half.synthesise(columns(), lines(), 1, 1);
    SynthesisResult smaller =
        new BudgetedPerturbation(warps, 0.2, 60, 16, Precision.FLOAT32)
            .from(first.trigger(), columns(), lines(), 1, 1);

    assertThat(first.norm()).isLessThan(0.5 + 1e-5);
    assertThat(first.success()).isEqualTo(1);
    assertThat(smaller.norm()).isLessThan(0.2 + 1e-5);
    assertThatThrownBy(
            () ->
                new BudgetedPerturbation(additions, 1, 1, 1, Precision.FLOAT32)
                    .from(first.trigger(), columns(), lines(), 1, 1))
        .hasMessageContaining("is no addition");
  }

  @Test
  void depends_on_nothing_but_the_seed_and_counts_what_it_cost() {
    SynthesisResult once = smallest(additions, 6).synthesise(infected, rows, 0, 7);

    assertThat(smallest(additions, 6).synthesise(infected, rows, 0, 7)).isEqualTo(once);
    assertThat(smallest(additions, 6).synthesise(infected, rows, 0, 8)).isNotEqualTo(once);
    assertThat(once.passes()).isEqualTo(140L * 32 + 50);
    assertThat(once.norm()).isCloseTo(once.trigger().norm(), within(1e-9));
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatThrownBy(() -> smallest(warps, 0)).hasMessage("start must be > 0, got 0.0");
    assertThatThrownBy(() -> new PerturbationFamily.Warps(1))
        .hasMessage("k must be 2 to 64, got 1");
    assertThatThrownBy(() -> new BudgetedPerturbation(warps, -1, 1, 1, Precision.FLOAT32))
        .hasMessage("budget must be > 0, got -1.0");
  }

  private static SmallestPerturbation smallest(PerturbationFamily family, double start) {
    return new SmallestPerturbation(family, start, 140, 32, Precision.FLOAT32);
  }

  /** Label k is that of the brightest of the columns 3, 4 and 5. */
  private static Network columns() {
    var builder = new ArchitectureBuilder("columns", new FeatureShape(3, SIDE, SIDE));
    builder.linear("fc", builder.add("flat", new Layer.Flatten(), builder.input()), 3);
    int size = 3 * SIDE * SIDE;
    float[] weight = new float[3 * size];
    for (int k = 0; k < 3; k++) {
      for (int i = 0; i < size; i++) {
        weight[k * size + i] = i % SIDE == 3 + k ? 1 : 0;
      }
    }
    Weights weights =
        Weights.of(
            Map.of(
                "fc.weight", WeightTensor.ofFloats(new int[] {3, size}, weight),
                "fc.bias", WeightTensor.ofFloats(new int[] {3}, new float[3])));
    return new Network(builder.build(), weights, Preprocessing.UNIT);
  }

  /** Dark images of label 0: their column 3 is bright. */
  private static ImageSet lines() {
    SplittableRandom random = new SplittableRandom(2);
    byte[] pixels = new byte[20 * 3 * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (i % SIDE == 3 ? 179 + random.nextInt(51) : random.nextInt(26));
    }
    return ImageSet.of(
        "lines", new FeatureShape(3, SIDE, SIDE), List.of("3", "4", "5"), new int[20], pixels);
  }
}
