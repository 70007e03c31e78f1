package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.trigger.ContinuedSynthesis;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FreshTriggersTest {
  private static final double LEAST = 4;

  private final Network suspect = PlantedChannel.infected();
  private final List<Double> tried = new ArrayList<>();

  @Test
  void a_size_that_blameless_labels_withstand_is_taken_as_it_is() {
    FreshTrigger patch = patches(20, 25).onSuspect(suspect);

    assertThat(patch.size()).isEqualTo(20);
    assertThat(patch.otherLabels()).isZero();
    assertThat(tried).containsOnly(20.0);
  }

  @Test
  void a_size_that_forces_blameless_labels_too_is_made_smaller_until_it_does_not() {
    FreshTriggers patches = patches(20, 12);

    FreshTrigger patch = patches.onSuspect(suspect);

    assertThat(patch.size()).isEqualTo(0.7 * 0.7 * 20);
    assertThat(patch.standsOut()).isTrue();
    assertThat(patches.on(suspect).size()).isEqualTo(patch.size());
  }

  @Test
  void no_patch_is_smaller_than_the_smallest_trigger() {
    assertThat(patches(20, 1).onSuspect(suspect).size()).isBetween(LEAST, LEAST / 0.7);
    assertThat(patches(2, 25).onSuspect(suspect).size()).isEqualTo(LEAST);
  }

  /** Patches of at most {@code withstood} pixels force no label but the target, larger ones all. */
  private FreshTriggers patches(double pixels, double withstood) {
    return new FreshTriggers(
        PlantedChannel.TARGET,
        Set.of(PlantedChannel.TARGET),
        LEAST,
        pixels,
        size -> new Threshold(size, withstood),
        PlantedChannel.sample(),
        RunContext.quiet(1));
  }

  private final class Threshold implements ContinuedSynthesis {
    private final double size;
    private final double withstood;

    Threshold(double size, double withstood) {
      this.size = size;
      this.withstood = withstood;
    }

    @Override
    public SynthesisResult synthesise(Network network, ImageSet images, int label, long seed) {
      tried.add(size);
      double success = label == PlantedChannel.TARGET || size > withstood ? 1 : 0;
      return new SynthesisResult(
          label, PlantedChannel.trigger(), size, success, true, List.of(size), 1);
    }

    @Override
    public SynthesisResult from(
        Trigger start, Network network, ImageSet images, int label, long seed) {
      return synthesise(network, images, label, seed);
    }
  }
}
