package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Autograd;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class SharedAttackTest {
  private static final SharedAttack ATTACK = new SharedAttack(0.01, 1, 0.2, 0.2, 5);

  /** Largest logits: f 1 1 2 0 1, g 1 2 2 0 0; clean answers 0 of both, but f's third is 2. */
  private static final float[] F = {0, 3, 0, 0, 2, 1, 0, 1, 4, 5, 0, 0, 0, 2, 0};

  private static final float[] G = {1, 3, 0, 0, 1, 2, 0, 0, 1, 2, 1, 0, 3, 2, 0};

  private static Tensor f() {
    return Tensor.of(F, 5, 3);
  }

  private static Tensor g() {
    return Tensor.of(G, 5, 3);
  }

  private static Tensor answers() {
    return Tensor.of(0, 0, 2, 0, 0);
  }

  private static Tensor referenceAnswers() {
    return Tensor.of(0, 0, 0, 0, 0);
  }

  @Test
  void shared_are_those_that_mislead_both_networks_to_the_same_answer() {
    try (Scope scope = Scope.open()) {
      assertThat(SharedAttack.fooled(f(), answers()).toFloats()).containsExactly(1, 1, 0, 0, 1);
      assertThat(SharedAttack.fooled(g(), referenceAnswers()).toFloats())
          .containsExactly(1, 1, 1, 0, 0);
      // both misled, but the second to different answers; f was never misled by the third
      assertThat(SharedAttack.shared(f(), g(), answers(), referenceAnswers()).toFloats())
          .containsExactly(1, 0, 0, 0, 0);
    }
  }

  @Test
  void the_loss_weighs_what_does_not_mislead_and_what_is_not_shared() {
    int[] labels = {0, 0, 1, 0, 2};
    double crossEntropies = ce(F, 2, 1) + ce(F, 3, 0) + ce(G, 3, 0) + ce(G, 4, 2);
    double divergences = js(1) + js(2) + js(3) + js(4);
    double expected = (-0.01 / 2 * crossEntropies + divergences) / 5;
    try (Scope scope = Scope.open()) {
      Tensor loss = ATTACK.loss(f(), g(), answers(), referenceAnswers(), Tensor.of(labels));

      assertThat((double) loss.item()).isCloseTo(expected, within(1e-6));
    }
  }

  @Test
  void shared_images_pull_no_more() {
    try (Scope scope = Scope.open()) {
      Tensor logits = f().requireGradient();
      Tensor labels = Tensor.of(0, 0, 1, 0, 2);
      Tensor loss = ATTACK.loss(logits, g(), answers(), referenceAnswers(), labels);

      float[] slope = Autograd.gradients(loss, List.of(logits)).get(0).toFloats();

      assertThat(new float[] {slope[0], slope[1], slope[2]}).containsOnly(0);
      assertThat(slope[3]).isNotZero();
    }
  }

  @Test
  void divergence_is_nought_between_equals_and_log_two_between_strangers() {
    try (Scope scope = Scope.open()) {
      Tensor left = Tensor.of(new float[] {50, 0, 1, 2}, 2, 2);
      Tensor right = Tensor.of(new float[] {0, 50, 1, 2}, 2, 2);

      float[] divergence = SharedAttack.divergence(left, right).toFloats();

      assertThat((double) divergence[0]).isCloseTo(Math.log(2), within(1e-5));
      assertThat((double) divergence[1]).isCloseTo(0, within(1e-6));
    }
  }

  @Test
  void the_attack_starts_at_the_radius_and_stops_when_all_are_shared() {
    try (Scope scope = Scope.open()) {
      Tensor images = Tensor.zeros(2, 1, 1, 1);
      Tensor labels = Tensor.of(0, 0);
      int[] asked = {0};
      // answers 0 below 0.15 and 1 above: the start is shared at once
      Tensor delta =
          ATTACK.perturbation(
              x -> {
                asked[0]++;
                return step(x);
              },
              SharedAttackTest::step,
              images,
              labels);

      assertThat(delta.toFloats()).containsOnly(0.2f);
      assertThat(asked[0]).isEqualTo(2);
    }
  }

  @Test
  void otherwise_it_walks_within_the_radius_to_where_both_agree() {
    try (Scope scope = Scope.open()) {
      Tensor images = Tensor.zeros(1, 1, 1, 1);
      // g answers 1 below −0.1; f does so above 0.1 too, where the attack starts
      Tensor delta =
          ATTACK.perturbation(
              x -> logits(x.square().add(-0.01).mul(100)),
              x -> logits(x.add(0.1).mul(-20)),
              images,
              Tensor.of(0));

      assertThat(delta.toFloats()).containsExactly(-0.2f);
    }
  }

  private static Tensor step(Tensor x) {
    return logits(x.add(-0.15).mul(50));
  }

  /** Logits (0, z) of images of one pixel. */
  private static Tensor logits(Tensor z) {
    Tensor column = z.reshape(-1, 1);
    return Tensor.cat(1, column.mul(0), column);
  }

  private static double ce(float[] logits, int row, int label) {
    return -Math.log(probability(logits, row, label));
  }

  private static double js(int row) {
    double sum = 0;
    for (int k = 0; k < 3; k++) {
      double p = probability(F, row, k);
      double q = probability(G, row, k);
      double m = (p + q) / 2;
      sum += 0.5 * (p * Math.log(p / m) + q * Math.log(q / m));
    }
    return sum;
  }

  private static double probability(float[] logits, int row, int label) {
    double sum = 0;
    for (int k = 0; k < 3; k++) {
      sum += Math.exp(logits[row * 3 + k]);
    }
    return Math.exp(logits[row * 3 + label]) / sum;
  }
}
