package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaskThresholdTest {
  private static final Network NETWORK = PlantedChannel.infected();
  private static final ImageSet HOLD_OUT = PlantedChannel.sample().holdOut();

  private final RunContext run = RunContext.quiet(1);

  @Test
  void masks_at_most_the_threshold_are_pruned_the_smallest_first() {
    float[] masks = ones();
    masks[5] = 0.25f;
    masks[0] = 0;
    masks[7] = 0.2500001f;

    PruningPlan plan = plan(new Cut.Fixed(0.25), masks);

    assertThat(plan.channels()).extracting(PrunedChannel::index).containsExactly(0, 5);
    assertThat(plan.channels()).extracting(PrunedChannel::layer).containsOnly("norm");
    assertThat(plan.channels().get(1).score()).isCloseTo(0.75, within(1e-6));
    assertThat(plan.channels().get(1).reason())
        .isEqualTo("mask 0.250 is at most 0.25, the threshold that was asked for");
  }

  @Test
  void the_largest_threshold_that_hold_out_images_allow_is_taken() {
    // the planted channel costs nothing, four channels of one colour cost its two classes
    float[] masks = ones();
    masks[PlantedChannel.CHANNEL] = 0.1f;
    Arrays.fill(masks, 0, 1, 0.42f);
    for (int channel : new int[] {3, 7, 10}) {
      masks[channel] = 0.62f;
    }

    PruningPlan careful = plan(new Cut.HoldOut(1), masks);
    PruningPlan reckless = plan(new Cut.HoldOut(100), masks);

    assertThat(careful.channels())
        .extracting(PrunedChannel::index)
        .containsExactly(PlantedChannel.CHANNEL, 0);
    assertThat(careful.channels().get(0).reason())
        .isEqualTo("mask 0.100 is at most 0.60, the largest threshold that costs at most 1 point");
    assertThat(reckless.channels()).hasSize(5);
  }

  @Test
  void nothing_is_pruned_where_every_threshold_costs_too_much() {
    float[] masks = new float[13];
    Arrays.fill(masks, 0);

    assertThat(plan(new Cut.HoldOut(1), masks).channels()).isEmpty();
  }

  @Test
  void the_strongest_channel_of_a_layer_stays_whatever_the_threshold() {
    float[] masks = new float[13];
    masks[9] = 0.01f;

    PruningPlan plan = plan(new Cut.Fixed(0.99), masks);

    assertThat(plan.channels()).hasSize(12).extracting(PrunedChannel::index).doesNotContain(9);
  }

  @Test
  void thresholds_and_drops_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Cut.Fixed(1))
        .withMessage("the threshold must be in [0, 1), got 1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> new Cut.Fixed(Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Cut.HoldOut(-1))
        .withMessage("the drop must be in [0, 100], got -1.0");
  }

  private PruningPlan plan(Cut cut, float[] masks) {
    HoldOutAccuracy accuracy = new HoldOutAccuracy(NETWORK, HOLD_OUT, run);
    return MaskThreshold.plan(cut, Map.of(PlantedChannel.LAYER, masks), accuracy, run);
  }

  private static float[] ones() {
    float[] masks = new float[13];
    Arrays.fill(masks, 1);
    return masks;
  }
}
