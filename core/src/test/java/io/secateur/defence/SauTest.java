package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Autograd;
import io.secateur.engine.OneThread;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class SauTest {
  /** How much differs from network to network, and so from processor to processor. */
  @Test
  void trained_backdoors_are_unlearnt_in_part_on_most_networks() {
    Sau.Settings settings = new Sau.Settings(20, 1e-3, 30, 0.5, 0.2, 5, 0.01, 1, 1, 1);
    double[] left = new double[5];
    for (int i = 0; i < left.length; i++) {
      Network infected = InfectedToy.HALVES.trained(5 + i);
      Network treated =
          new Sau(settings)
              .treat(infected, InfectedToy.HALVES.sample(), RunContext.quiet(3))
              .network();

      left[i] = InfectedToy.HALVES.attackSuccess(treated);
      assertThat(InfectedToy.HALVES.attackSuccess(infected)).isGreaterThan(95);
      assertThat(InfectedToy.HALVES.accuracy(treated)).isGreaterThan(85);
      // evaluation mode throughout
      assertThat(treated.weights().get("bn1.running_mean"))
          .isEqualTo(infected.weights().get("bn1.running_mean"));
    }
    Arrays.sort(left);
    assertThat(left[left.length / 2]).isLessThan(80);
  }

  @Test
  void unlearning_lowers_the_reference_s_wrong_answer_of_misled_images_alone() {
    try (Scope scope = Scope.open()) {
      Tensor logits = Tensor.of(new float[] {0, 1, 0, 2, 0, 0}, 2, 3).requireGradient();
      Tensor wrong = Tensor.of(1, 0);
      double p = Math.E / (2 + Math.E);

      Tensor loss = Sau.unlearning(logits, wrong, Tensor.of(new float[] {1, 0}, 2));
      float[] slope = Autograd.gradients(loss, List.of(logits)).get(0).toFloats();

      assertThat((double) loss.item()).isCloseTo(-Math.log(1 - p) / 2, within(1e-4));
      // d/dz_ỹ of −log(1 − p_ỹ) is p_ỹ
      assertThat((double) slope[1]).isCloseTo(p / 2, within(1e-4));
      assertThat(new float[] {slope[3], slope[4], slope[5]}).containsOnly(0);
    }
  }

  @Test
  void settings_out_of_range_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Sau.Settings(1, 1e-4, 8, 0, 0.2, 5, 0.01, 1, 1, 1))
        .withMessageContaining("radius");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Sau.Settings(1, 1e-4, 8, 0.2, 0.2, 5, 0.01, 1, Double.NaN, 1))
        .withMessageContaining("cleanWeight");
  }
}
