package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.engine.OneThread;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(OneThread.class)
class AdversarialNeuronPruningTest {
  private final Network suspect = PlantedChannel.infected();
  private final CleanSample sample = PlantedChannel.sample();
  private final RunContext run = RunContext.quiet(1);

  @ParameterizedTest
  @CsvSource({"0.4, 1", "0.3, 1", "0.4, 4"})
  void the_adversary_raises_the_loss_and_stays_within_its_ball(double epsilon, int steps) {
    AdversarialNeuronPruning anp = anp(1, epsilon, steps, new Cut.HoldOut(1));
    Scope.run(
        () -> {
          Interpreter network = Interpreter.unfolded(suspect);
          NormMasks masks = new NormMasks(suspect.architecture());
          var batch = batch();
          NormPerturbation start = NormPerturbation.drawn(masks, epsilon, new SplittableRandom(7));
          double drawn = anp.loss(network, start.hooks(), batch).item();

          NormPerturbation worst = anp.worst(network, masks, batch, new SplittableRandom(7));

          double raised = anp.loss(network, worst.hooks(), batch).item();
          double unmoved = anp.loss(network, masks.hooks(), batch).item();
          assertThat(raised).isGreaterThan(drawn).isGreaterThan(unmoved);
          assertThat(start.size()).isPositive().isLessThanOrEqualTo(epsilon + 1e-6);
          assertThat(worst.size()).isLessThanOrEqualTo(epsilon + 1e-6);
        });
  }

  @Test
  void the_loss_of_masks_alone_is_that_of_gamma_scaled_in_training_mode() {
    AdversarialNeuronPruning anp = anp(1, 0.4, 1, new Cut.HoldOut(1));
    Scope.run(
        () -> {
          NormMasks masks = new NormMasks(suspect.architecture());
          masks.variables().get(0).assign(Tensor.full(0.5, 13));
          float[] half = suspect.weights().get("norm.weight").floats();
          for (int c = 0; c < half.length; c++) {
            half[c] *= 0.5f;
          }
          var scaled = suspect.weights().get("norm.weight").withFloats(half);
          Network halved =
              suspect.withWeights(suspect.weights().with(Map.of("norm.weight", scaled)));
          NormMasks none = new NormMasks(suspect.architecture());

          float masked = anp.loss(Interpreter.unfolded(suspect), masks.hooks(), batch()).item();
          float plain = anp.loss(Interpreter.unfolded(halved), none.hooks(), batch()).item();

          assertThat(masked).isEqualTo(plain);
        });
  }

  @Test
  void the_planted_channel_gets_the_smallest_mask_and_all_masks_stay_between_0_and_1() {
    float[] masks =
        anp(60, 0.4, 1, new Cut.HoldOut(1))
            .masks(suspect, sample.tune(), run)
            .getOrDefault(PlantedChannel.LAYER, new float[0]);

    assertThat(masks).hasSize(13);
    for (int channel = 0; channel < masks.length; channel++) {
      assertThat(masks[channel]).isBetween(0f, 1f);
      if (channel != PlantedChannel.CHANNEL) {
        assertThat(masks[channel]).isGreaterThan(masks[PlantedChannel.CHANNEL] + 0.1f);
      }
    }
  }

  @Test
  void the_planted_channel_is_pruned_and_the_trigger_dies() {
    Treatment.Treated treated = anp(60, 0.4, 1, new Cut.HoldOut(1)).treat(suspect, sample, run);

    assertThat(treated.plan().channels().get(0).index()).isEqualTo(PlantedChannel.CHANNEL);
    assertThat(treated.plan().channels().get(0).reason()).startsWith("mask 0.");
    assertThat(treated.network()).isEqualTo(Surgery.apply(suspect, treated.plan()));
    assertThat(Scripted.target(4).success(treated.network(), sample.holdOut())).isLessThan(0.3);
    HoldOutAccuracy accuracy = new HoldOutAccuracy(suspect, sample.holdOut(), run);
    assertThat(accuracy.drop(treated.plan())).isLessThanOrEqualTo(1);
  }

  @Test
  void a_threshold_that_the_user_names_is_the_one_that_is_used() {
    Treatment.Treated treated = anp(20, 0.4, 1, new Cut.Fixed(0.999)).treat(suspect, sample, run);

    Map<String, float[]> masks =
        anp(20, 0.4, 1, new Cut.Fixed(0)).masks(suspect, sample.tune(), run.under("anp"));
    float[] values = masks.getOrDefault(PlantedChannel.LAYER, new float[0]);
    int below = 0;
    for (float value : values) {
      below += value <= 0.999 ? 1 : 0;
    }
    assertThat(treated.plan().channels()).hasSize(Math.min(12, below));
    assertThat(treated.plan().channels()).extracting(PrunedChannel::layer).containsOnly("norm");
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> anp(0, 0.4, 1, new Cut.HoldOut(1)))
        .withMessage("iterations must be at least 1, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> anp(1, 0, 1, new Cut.HoldOut(1)))
        .withMessage("epsilon must be in (0, 1], got 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> anp(1, 0.4, 0, new Cut.HoldOut(1)))
        .withMessage("steps must be at least 1, got 0");
  }

  private CleanBatches.Labelled batch() {
    return new CleanBatches(sample.tune(), Augmentation.NONE, 60)
        .load(sample.tune().indices(), new SplittableRandom(1));
  }

  private static AdversarialNeuronPruning anp(int iterations, double epsilon, int steps, Cut cut) {
    return new AdversarialNeuronPruning(
        new AdversarialNeuronPruning.Settings(
            iterations, 0.2, epsilon, steps, 0.2, 32, Augmentation.NONE, Precision.FLOAT32, cut));
  }
}
