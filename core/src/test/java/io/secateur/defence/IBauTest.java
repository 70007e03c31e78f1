package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.ImageSet;
import io.secateur.engine.Autograd;
import io.secateur.engine.OneThread;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.run.Checkpoints;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class IBauTest {
  @Test
  void a_trained_backdoor_is_unlearnt_as_universal_perturbations_lose_their_grip() {
    List<float[]> perturbations = new ArrayList<>();
    IBau.Settings settings = new IBau.Settings(30, 5e-3, 10, 5, 0.1, 50, 0.005, 0.2);

    Network treated = treat(settings, perturbations);

    assertThat(InfectedToy.HALVES.attackSuccess(InfectedToy.HALVES.network())).isGreaterThan(95);
    assertThat(InfectedToy.HALVES.attackSuccess(treated)).isLessThan(30);
    assertThat(InfectedToy.HALVES.accuracy(treated)).isGreaterThan(95);
    assertThat(perturbations).hasSize(30);
    assertThat(length(perturbations.get(29))).isLessThan(length(perturbations.get(0)) / 4);
  }

  @Test
  void in_a_single_batch_the_perturbation_is_one_step_up_the_loss_against_the_network_s_answers() {
    List<float[]> perturbations = new ArrayList<>();
    ImageSet images = InfectedToy.HALVES.sample().tune();

    treat(new IBau.Settings(1, 1e-3, images.size(), 1, 0.1, 30, 0.001, 0.01), perturbations);

    // at δ = 0 the penalty has no slope
    float[] slope =
        Scope.value(
            () -> {
              Interpreter network = Interpreter.unfolded(InfectedToy.HALVES.network());
              Tensor d = Tensor.zeros(1, 3, 8, 8).requireGradient();
              Tensor x = Tensor.of(images.floats(images.indices()), images.size(), 3, 8, 8);
              Tensor answers = network.forward(x).argmax(1);
              Tensor loss = Ops.crossEntropy(network.forward(x.add(d)), answers);
              return Autograd.gradients(loss, List.of(d)).get(0).toFloats();
            });
    float[] delta = perturbations.get(0);
    assertThat(length(delta)).isPositive();
    for (int i = 0; i < delta.length; i++) {
      assertThat((double) delta[i]).isCloseTo(30 * slope[i], within(1e-4 * length(delta)));
    }
  }

  @Test
  void running_statistics_stay_those_of_the_suspect() {
    Network treated =
        treat(new IBau.Settings(1, 1e-3, 30, 2, 0.1, 10, 0.001, 0.1), new ArrayList<>());

    for (String name : List.of("bn1.running_mean", "bn1.running_var", "bn2.running_mean")) {
      assertThat(treated.weights().get(name))
          .as(name)
          .isEqualTo(InfectedToy.HALVES.network().weights().get(name));
    }
  }

  @Test
  void settings_out_of_range_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new IBau.Settings(1, 1e-3, 8, 0, 0.1, 10, 0.001, 0.01))
        .withMessageContaining("iterations");
    for (double share : new double[] {0, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new IBau.Settings(1, 1e-3, 8, 1, 0.1, 10, 0.001, share))
          .withMessageContaining("share");
    }
  }

  private static double length(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  /** Treats the toy; the perturbation of each round is added to {@code perturbations}. */
  private static Network treat(IBau.Settings settings, List<float[]> perturbations) {
    Checkpoints listening =
        new Checkpoints() {
          @Override
          public <T> T once(String key, Class<T> type, Supplier<T> compute) {
            T value = compute.get();
            perturbations.add((float[]) value);
            return value;
          }

          @Override
          public double[] measured(String log, Supplier<double[]> measure) {
            return measure.get();
          }
        };
    RunContext run = new RunContext(new SeedTree(3), Progress.SILENT, listening);
    return new IBau(settings)
        .treat(InfectedToy.HALVES.network(), InfectedToy.HALVES.sample(), run)
        .network();
  }
}
