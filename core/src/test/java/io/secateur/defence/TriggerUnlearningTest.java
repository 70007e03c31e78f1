package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.engine.OneThread;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.run.RunContext;
import io.secateur.train.Batch;
import io.secateur.trigger.ChannelStimulation;
import io.secateur.trigger.FamilyHunt;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.Trigger;
import io.secateur.trigger.TriggerFamily;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.TriggerSynthesis;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class TriggerUnlearningTest {
  private static final TriggerUnlearning.Settings SHORT =
      new TriggerUnlearning.Settings(new FineTuning.Settings(12, 0.02, 30), 0.2);

  private final Network suspect = InfectedToy.STRIPES.network();

  @Test
  void a_trained_backdoor_is_unlearnt_with_the_trigger_that_the_hunt_found() {
    RepairOutcome outcome = repair(Scripted.target(4), 3);

    assertThat(InfectedToy.STRIPES.attackSuccess(suspect)).isGreaterThan(95);
    assertThat(InfectedToy.STRIPES.attackSuccess(outcome.network())).isLessThan(5);
    assertThat(InfectedToy.STRIPES.accuracy(outcome.network()))
        .isGreaterThanOrEqualTo(InfectedToy.STRIPES.accuracy(suspect) - 3);
    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.REPAIRED);
    assertThat(outcome.target()).hasValue(PlantedChannel.TARGET);
    assertThat(outcome.plan().channels()).isEmpty();
    assertThat(outcome.seconds()).containsKeys("hunt", "unlearn");
  }

  @Test
  void nothing_flagged_nothing_changed() {
    RepairOutcome outcome = repair(Scripted.target(Scripted.BLAMELESS), 3);

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.CLEAN);
    assertThat(outcome.network()).isSameAs(suspect);
  }

  @Test
  void what_cannot_be_put_on_images_is_unlearnt_with_a_patch_for_its_label() {
    Node norm = ChannelStimulation.norms(suspect).get(0);
    float[] raises = new float[norm.output().channels()];
    Trigger shift = new Trigger.Shift(Map.of(norm.name(), raises), 8, 8);
    TriggerSynthesis shifts =
        (network, images, label, seed) -> {
          double size = label == PlantedChannel.TARGET ? 4 : Scripted.BLAMELESS + label;
          return new SynthesisResult(label, shift, size, 1, true, List.of(size), 1);
        };
    TriggerFamily patches = Scripted.target(Scripted.BLAMELESS).sources(0).hunt().families().get(0);
    TriggerFamily inside =
        new TriggerFamily(
            TriggerFamily.SHIFT,
            new TriggerHunt(TriggerHunt.Settings.defaults(), steps -> shifts),
            shifts,
            patches.strongest());
    TriggerSources sources = new TriggerSources(new FamilyHunt(List.of(patches, inside)), 0);

    RepairOutcome outcome =
        new TriggerUnlearning(SHORT, Policy.DEFAULT, sources)
            .repair(Suspect.of(suspect), InfectedToy.STRIPES.sample(), RunContext.quiet(3));

    assertThat(outcome.hunt().orElseThrow().family()).isEqualTo(TriggerFamily.SHIFT);
    assertThat(outcome.target()).hasValue(PlantedChannel.TARGET);
    assertThat(InfectedToy.STRIPES.attackSuccess(outcome.network())).isLessThan(5);
    assertThat(Retuning.due(suspect, outcome)).isTrue();
    assertThat(Retuning.lesson(outcome)).isEmpty();
    assertThat(Retuning.lesson(repair(Scripted.target(4), 3))).isPresent();
  }

  @Test
  void the_seed_alone_decides() {
    Network once = repair(Scripted.target(4), 3).network();

    assertThat(repair(Scripted.target(4), 3).network().weights()).isEqualTo(once.weights());
    assertThat(repair(Scripted.target(4), 5).network().weights()).isNotEqualTo(once.weights());
  }

  @Test
  void every_trigger_is_put_on_all_stamped_images_which_keep_their_labels() {
    ImageSet plain = PlantedChannel.images(1, 7);
    ImageSet others = PlantedChannel.images(1, 8).select(new int[] {2, 5});
    float[] grey = new float[3 * 64];
    Arrays.fill(grey, 0.5f);
    float[] everywhere = new float[64];
    Arrays.fill(everywhere, 1);
    Trigger flat = new Trigger.Patch(everywhere, grey, 8, 8);
    StampedImages images =
        StampedImages.unlearning(plain, others, List.of(PlantedChannel.trigger(), flat));

    assertThat(images.size()).isEqualTo(6 + 2 * 2);
    int[] indices = {3, 6, 7, 8, 9};
    var random = new SplittableRandom(1);
    Batch batch = images.finish(images.load(indices, random), indices, random);

    assertThat(batch.labels()).containsExactly(plain.label(3), 2, 5, 2, 5);
    int lastPixel = 63;
    assertThat(pixel(batch, 0, lastPixel)).isEqualTo(plain.floats(new int[] {3})[lastPixel]);
    assertThat(pixel(batch, 1, lastPixel)).isEqualTo(1);
    assertThat(pixel(batch, 1, 0)).isEqualTo(others.floats(new int[] {0})[0]);
    assertThat(pixel(batch, 2, lastPixel)).isEqualTo(1);
    assertThat(pixel(batch, 3, 0)).isEqualTo(0.5f);
    assertThat(pixel(batch, 4, lastPixel)).isEqualTo(0.5f);
  }

  @Test
  void a_share_out_of_range_is_refused() {
    for (double share : new double[] {0, 1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new TriggerUnlearning.Settings(FineTuning.Settings.DEFAULT, share))
          .withMessageContaining("share");
    }
  }

  private static float pixel(Batch batch, int image, int position) {
    return batch.images()[image * 3 * 64 + position];
  }

  private RepairOutcome repair(Scripted synthesis, long seed) {
    return new TriggerUnlearning(SHORT, Policy.DEFAULT, synthesis.sources(0))
        .repair(Suspect.of(suspect), InfectedToy.STRIPES.sample(), RunContext.quiet(seed));
  }
}
