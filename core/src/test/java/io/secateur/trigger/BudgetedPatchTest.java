package io.secateur.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.train.Precision;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BudgetedPatchTest {
  private static final int CLASSES = 6;
  private static final int TARGET = 3;
  private static final int BLAMELESS = 1;
  private static final double ROUNDING = 1e-5;
  private final ImageSet images = Planted.images(CLASSES, 20, 5);
  private final Network infected = Planted.infected(CLASSES, TARGET);

  static LongStream seeds() {
    return LongStream.range(0, 40);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void the_projection_is_the_one_found_by_trying_every_face_of_the_box(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = values(random, 1 + random.nextInt(6));
    double radius = random.nextDouble(0.05, 1.1 * values.length);

    float[] projected = BudgetedPatch.project(values, radius);

    double[] expected = nearestOfAllFaces(values, radius);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) projected[i]).isCloseTo(expected[i], within(ROUNDING));
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void no_point_that_is_allowed_is_nearer_than_the_projection(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = values(random, 64);
    double radius = random.nextDouble(0.5, 40);

    float[] projected = BudgetedPatch.project(values, radius);

    assertAllowed(projected, radius);
    double distance = distance(values, projected);
    for (int trial = 0; trial < 200; trial++) {
      float[] other = projected.clone();
      double share = Math.pow(random.nextDouble(), 4);
      for (int i = 0; i < other.length; i++) {
        other[i] += (float) (share * (random.nextDouble() - other[i]));
      }
      double excess = radius / Math.max(radius, sum(other));
      for (int i = 0; i < other.length; i++) {
        other[i] *= (float) excess;
      }
      assertAllowed(other, radius);
      assertThat(distance(values, other)).isGreaterThan(distance - ROUNDING);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void projecting_twice_is_projecting_once(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = values(random, 64);
    double radius = random.nextDouble(0.5, 40);

    float[] once = BudgetedPatch.project(values, radius);

    assertThat(BudgetedPatch.project(once, radius)).containsExactly(once, within(1e-6f));
  }

  @Test
  void values_that_are_allowed_stay_exactly_as_they_are() {
    float[] values = {0, 0.25f, 1, Float.MIN_VALUE, 0.1f};

    assertThat(BudgetedPatch.project(values, 1.5)).containsExactly(values);
    assertThat(BudgetedPatch.project(values, 5)).containsExactly(values);
    assertThat(values).containsExactly(0, 0.25f, 1, Float.MIN_VALUE, 0.1f);
  }

  @Test
  void where_the_sum_is_no_matter_values_are_only_clipped() {
    assertThat(BudgetedPatch.project(new float[] {-3, 0.5f, 7}, 2)).containsExactly(0, 0.5f, 1);
    assertThat(BudgetedPatch.project(new float[] {-3, -0.5f}, 2)).containsExactly(0, 0);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 1, 2.5, 6, 19.2, 40, 1000})
  void a_patch_is_never_larger_than_its_budget(double budget) {
    for (int steps : new int[] {1, 2, 10}) {
      SynthesisResult result = patch(budget, steps).synthesise(infected, images, TARGET, 1);

      assertThat(result.norm()).isLessThanOrEqualTo(budget + ROUNDING);
      assertThat(result.norm()).isEqualTo(result.trigger().norm());
    }
  }

  @ParameterizedTest
  @CsvSource({"3, 1, 1", "3, 0, 2", "0, 5, 3", "5, 3, 4"})
  void the_planted_label_is_forced_and_a_blameless_one_is_not_at_the_same_budget(
      int target, int blameless, long seed) {
    BudgetedPatch synthesis = patch(3, 120);
    Network suspect = Planted.infected(CLASSES, target);

    SynthesisResult found = synthesis.synthesise(suspect, images, target, seed);
    SynthesisResult harmless = synthesis.synthesise(suspect, images, blameless, seed);

    assertThat(found.label()).isEqualTo(target);
    assertThat(found.success()).isGreaterThanOrEqualTo(0.9);
    assertThat(share(found, Planted::corner)).isGreaterThan(0.8);
    assertThat(harmless.label()).isEqualTo(blameless);
    assertThat(harmless.success()).isLessThan(0.5);
  }

  @Test
  void a_clean_network_gives_in_to_no_patch_of_that_size() {
    for (int label = 0; label < CLASSES; label++) {
      SynthesisResult result = patch(3, 120).synthesise(Planted.clean(CLASSES), images, label, 1);

      assertThat(result.success()).isLessThan(0.5);
    }
  }

  @Test
  void a_larger_budget_forces_the_blameless_label_too() {
    SynthesisResult result = patch(12, 120).synthesise(infected, images, BLAMELESS, 1);

    assertThat(result.success()).isGreaterThanOrEqualTo(0.9);
  }

  @Test
  void depends_on_nothing_but_the_seed() {
    BudgetedPatch synthesis = patch(3, 20);
    SynthesisResult once = synthesis.synthesise(infected, images, TARGET, 7);
    SynthesisResult again = synthesis.synthesise(infected, images, TARGET, 7);
    SynthesisResult other = synthesis.synthesise(infected, images, TARGET, 8);

    assertThat(again).isEqualTo(once);
    assertThat(other).isNotEqualTo(once);
  }

  @Test
  void a_start_that_is_smaller_than_the_budget_may_grow_up_to_it() {
    Trigger small = patch(0.2, 40).synthesise(infected, images, TARGET, 1).trigger();

    SynthesisResult grown = patch(3, 120).from(small, infected, images, TARGET, 1);

    assertThat(small.norm()).isLessThan(0.3);
    assertThat(grown.norm()).isBetween(1.0, 3 + ROUNDING);
    assertThat(grown.success()).isGreaterThanOrEqualTo(0.9);
  }

  @Test
  void counts_what_it_cost() {
    SynthesisResult result = patch(3, 20).synthesise(infected, images, TARGET, 7);

    assertThat(result.passes()).isEqualTo(20 * 32 + 50);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 1", "-1, 1, 1", "NaN, 1, 1", "1, 0, 1", "1, -5, 1", "1, 1, 0", "1, 1, -2"})
  void settings_out_of_range_are_refused(double budget, int steps, int batchSize) {
    assertThatThrownBy(() -> new BudgetedPatch(budget, steps, batchSize, Precision.FLOAT32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "budget, steps and batch size must be positive, got %s, %s and %s",
            budget, steps, batchSize);
  }

  @Test
  void a_label_that_does_not_exist_is_refused() {
    assertThatThrownBy(() -> patch(3, 5).synthesise(infected, images, CLASSES, 1))
        .hasMessageContaining("label 6");
  }

  private static BudgetedPatch patch(double budget, int steps) {
    return new BudgetedPatch(budget, steps, 32, Precision.FLOAT32);
  }

  private static float[] values(SplittableRandom random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 2);
    }
    return values;
  }

  /**
   * The projection by its geometry: it lies in the relative interior of some face of the box, where
   * each value is 0, 1 or free, and on the plane of all points with the sum {@code radius} or not.
   * On each of these flat pieces the nearest point is a matter of arithmetic; the nearest allowed
   * one of all pieces is the answer.
   */
  private static double[] nearestOfAllFaces(float[] values, double radius) {
    double[] best = {};
    double least = Double.POSITIVE_INFINITY;
    int faces = (int) Math.pow(3, values.length);
    for (int face = 0; face < 2 * faces; face++) {
      double[] point = onFace(values, radius, face % faces, face >= faces);
      double sum = Arrays.stream(point).sum();
      boolean allowed =
          sum <= radius + 1e-9
              && Arrays.stream(point).allMatch(value -> value >= -1e-9 && value <= 1 + 1e-9);
      double distance = 0;
      for (int i = 0; i < values.length; i++) {
        distance += (values[i] - point[i]) * (values[i] - point[i]);
      }
      if (allowed && distance < least) {
        least = distance;
        best = point;
      }
    }
    return best;
  }

  private static double[] onFace(float[] values, double radius, int face, boolean onPlane) {
    double[] point = new double[values.length];
    double fixed = 0;
    double wanted = 0;
    int free = 0;
    for (int i = 0, rest = face; i < values.length; i++, rest /= 3) {
      point[i] = rest % 3 == 2 ? values[i] : rest % 3;
      fixed += rest % 3 == 1 ? 1 : 0;
      wanted += rest % 3 == 2 ? values[i] : 0;
      free += rest % 3 == 2 ? 1 : 0;
    }
    for (int i = 0, rest = face; onPlane && i < values.length; i++, rest /= 3) {
      point[i] -= rest % 3 == 2 ? (wanted + fixed - radius) / free : 0;
    }
    return point;
  }

  private static void assertAllowed(float[] point, double radius) {
    for (float value : point) {
      assertThat(value).isBetween(0f, 1f);
    }
    assertThat(sum(point)).isLessThanOrEqualTo(radius + ROUNDING);
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  private static double share(SynthesisResult result, IntPredicate pixels) {
    float[] mask = ((Trigger.Patch) result.trigger()).mask();
    double inside = 0;
    for (int i = 0; i < mask.length; i++) {
      inside += pixels.test(i) ? mask[i] : 0;
    }
    return inside / result.norm();
  }
}
