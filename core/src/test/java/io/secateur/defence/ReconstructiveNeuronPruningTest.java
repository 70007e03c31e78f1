package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.ChannelActivations;
import io.secateur.agent.PlantedChannel;
import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.engine.OneThread;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.WeightTensor;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class ReconstructiveNeuronPruningTest {
  /** At this height clean images touch the planted channel now and then, as real backdoors are. */
  private static final float TOUCHED = -1.1f;

  private final CleanSample sample = PlantedChannel.sample();
  private final Network suspect = touched();
  private final RunContext run = RunContext.quiet(1);

  @Test
  void the_unlearnt_network_knows_no_clean_image_and_masks_bring_them_back() {
    assertThat(accuracy(suspect, Map.of())).isGreaterThan(0.9);
    Network unlearnt = rnp(new Cut.HoldOut(1)).unlearnt(suspect, sample.tune(), run);
    double forgotten = accuracy(unlearnt, Map.of());
    Map<String, float[]> masks = rnp(new Cut.HoldOut(1)).masks(unlearnt, sample.tune(), run);

    assertThat(forgotten).isLessThan(0.3);
    assertThat(accuracy(unlearnt, masks)).isGreaterThan(0.9);
    float[] values = masks.getOrDefault(PlantedChannel.LAYER, new float[0]);
    assertThat(values).hasSize(13);
    for (int channel = 0; channel < values.length; channel++) {
      assertThat(values[channel]).isBetween(0f, 1f);
      if (channel != PlantedChannel.CHANNEL) {
        assertThat(values[channel]).isGreaterThan(values[PlantedChannel.CHANNEL] + 0.5f);
      }
    }
  }

  @Test
  void unlearning_ends_as_soon_as_few_enough_are_recognised() {
    Interrupting told = Interrupting.never();
    RunContext watched = new RunContext(run.seeds(), told, run.checkpoints());

    rnp(new Cut.HoldOut(1)).unlearnt(suspect, sample.tune(), watched);

    assertThat(told.steps()).isLessThan(60);
    assertThat(told.said().get(0))
        .matches("unlearn clean images: loss .*, accuracy (1?\\d|20)\\.\\d %");
  }

  @Test
  void the_planted_channel_is_what_recovery_shuts_out() {
    Treatment.Treated treated = rnp(new Cut.HoldOut(1)).treat(suspect, sample, run);

    assertThat(treated.plan().channels().get(0).index()).isEqualTo(PlantedChannel.CHANNEL);
    Scripted trigger = Scripted.target(4);
    assertThat(trigger.success(suspect, sample.holdOut())).isEqualTo(1);
    assertThat(trigger.success(treated.network(), sample.holdOut())).isLessThan(0.3);
    // pruned is the network as it came, not the one that unlearnt
    assertThat(treated.network().weights().get("fc.weight"))
        .isEqualTo(suspect.weights().get("fc.weight"));
  }

  @Test
  void settings_out_of_range_are_refused() {
    ReconstructiveNeuronPruning.Settings good = ReconstructiveNeuronPruning.Settings.DEFAULT;
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ReconstructiveNeuronPruning.Settings(
                    20,
                    0,
                    0.2,
                    20,
                    0.2,
                    0.2,
                    128,
                    good.augmentation(),
                    good.precision(),
                    good.cut()))
        .withMessage("unlearnRate must be in (0, 10], got 0.0");
  }

  /** Accuracy on the tuning images in training mode, as the method sees it, under masks of γ. */
  private double accuracy(Network network, Map<String, float[]> masks) {
    return Scope.value(
        () -> {
          Map<String, Tensor> scales = new LinkedHashMap<>();
          masks.forEach((norm, values) -> scales.put(norm, Tensor.of(values, values.length)));
          int[] all = sample.tune().indices();
          Tensor logits =
              Interpreter.unfolded(network)
                  .forward(
                      Tensor.of(sample.tune().floats(all), all.length, 3, 8, 8),
                      Hooks.TRAINING.withPerturbation(scales, Map.of()));
          Tensor labels = Tensor.of(sample.tune().labels());
          return (double) logits.argmax(1).equalTo(labels).sum().item() / all.length;
        });
  }

  /**
   * The planted network's weights are few and large: it forgets at a hundredth of the usual rate.
   */
  private static ReconstructiveNeuronPruning rnp(Cut cut) {
    return new ReconstructiveNeuronPruning(
        new ReconstructiveNeuronPruning.Settings(
            60, 1e-4, 0.2, 40, 0.2, 0.2, 20, Augmentation.NONE, Precision.FLOAT32, cut));
  }

  /**
   * The planted network as training would have left it: its running statistics are those of clean
   * images, and the planted channel is a little active on them.
   */
  private Network touched() {
    Network planted = PlantedChannel.infected();
    ChannelActivations clean =
        Scope.value(
            () ->
                ChannelActivations.of(
                    Interpreter.unfolded(planted), Set.of("conv"), sample.tune()));
    float[] mean = clean.mean().getOrDefault("conv", new float[0]);
    float[] std = clean.std().getOrDefault("conv", new float[0]);
    float[] variance = new float[std.length];
    float[] beta = planted.weights().get("norm.bias").floats();
    beta[PlantedChannel.CHANNEL] = TOUCHED;
    for (int c = 0; c < std.length; c++) {
      variance[c] = std[c] * std[c];
      beta[c] += mean[c];
    }
    Map<String, WeightTensor> changed = new LinkedHashMap<>();
    changed.put("norm.weight", planted.weights().get("norm.weight").withFloats(std));
    changed.put("norm.bias", planted.weights().get("norm.bias").withFloats(beta));
    changed.put("norm.running_mean", planted.weights().get("norm.running_mean").withFloats(mean));
    changed.put("norm.running_var", planted.weights().get("norm.running_var").withFloats(variance));
    return planted.withWeights(planted.weights().with(changed));
  }
}
