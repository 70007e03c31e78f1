package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.OneThread;
import io.secateur.nn.Network;
import io.secateur.nn.WeightTensor;
import io.secateur.run.RunContext;
import io.secateur.trigger.Trigger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class RetuningTest {
  private static final Retuning.Settings FEW =
      new Retuning.Settings(new FineTuning.Settings(3, 0.005, 32), 3);

  private static final int CONTROL = 5;

  private final CleanSample sample = InfectedToy.STRIPES.sample();

  @Test
  void a_backdoor_that_only_sleeps_comes_back_while_another_label_is_not_learnt() {
    Retuning.Result result = retuned(asleep());

    assertThat(result.target()).isEqualTo(PlantedChannel.TARGET);
    assertThat(result.control()).isNotEqualTo(result.target());
    assertThat(result.before().value()).isLessThan(10);
    assertThat(result.after().value()).isGreaterThan(3 * result.before().value());
    assertThat(result.sleeps()).isTrue();
    assertThat(result.before().n()).as("hold-out images of four of the six classes").isEqualTo(40);
    assertThat(result.cleanAccuracy().value()).isGreaterThan(80);
  }

  @Test
  void a_backdoor_that_was_unlearnt_by_its_own_trigger_stays_away() {
    assertThat(retuned(unlearnt()).sleeps()).isFalse();
  }

  private Retuning.Result retuned(Network network) {
    return Retuning.of(
            FEW,
            network,
            PlantedChannel.trigger(),
            PlantedChannel.TARGET,
            CONTROL,
            sample,
            RunContext.quiet(1))
        .result();
  }

  private Network unlearnt() {
    return FineTuning.tune(
        new FineTuning.Settings(3, 0.005, 32),
        InfectedToy.STRIPES.network(),
        StampedImages.unlearning(sample.tune(), sample.tune(), List.of(PlantedChannel.trigger())),
        RunContext.quiet(3));
  }

  /** On the straight way from infected to unlearnt, the first place where the trigger fails. */
  private Network asleep() {
    Network infected = InfectedToy.STRIPES.network();
    Network unlearnt = unlearnt();
    for (double way = 0.1; way < 1; way += 0.05) {
      Network between = between(infected, unlearnt, way);
      if (InfectedToy.STRIPES.attackSuccess(between) < 10) {
        return between;
      }
    }
    throw new AssertionError("the trigger never fails");
  }

  private static Network between(Network from, Network to, double way) {
    Map<String, WeightTensor> mixed = new HashMap<>();
    from.weights()
        .asMap()
        .forEach(
            (name, tensor) -> {
              if (tensor.type().floating()) {
                float[] values = tensor.floats();
                float[] others = to.weights().get(name).floats();
                for (int i = 0; i < values.length; i++) {
                  values[i] += (float) (way * (others[i] - values[i]));
                }
                mixed.put(name, tensor.withFloats(values));
              }
            });
    return from.withWeights(from.weights().with(mixed));
  }

  @Test
  void a_trigger_that_the_network_never_knew_is_learnt_no_better_for_one_label_than_another() {
    Retuning.Result result =
        Retuning.of(
                FEW, InfectedToy.STRIPES.network(), unknown(), 4, 5, sample, RunContext.quiet(1))
            .result();

    assertThat(result.control()).isEqualTo(5);
    assertThat(result.sleeps()).isFalse();
  }

  @Test
  void another_backdoor_is_no_label_to_compare_with() {
    assertThat(Retuning.control(4, List.of(4), 6)).isEqualTo(5);
    assertThat(Retuning.control(4, List.of(4, 5), 6)).isEqualTo(0);
    assertThat(Retuning.control(1, List.of(0, 1), 2)).as("where all are accused").isEqualTo(0);
  }

  @Test
  void two_classes_leave_nothing_to_teach_or_measure_with() {
    assertThat(Retuning.possible(sample, PlantedChannel.TARGET, CONTROL)).isTrue();
    ImageSet images = sample.tune();
    int[] two = Arrays.stream(images.indices()).filter(image -> images.label(image) >= 4).toArray();
    CleanSample few = new CleanSample(images.select(two), images.select(two));

    assertThat(Retuning.possible(few, 4, 5)).isFalse();
    assertThat(Retuning.possible(few, 1, 2)).isTrue();
  }

  @Test
  void the_same_seed_gives_the_same_result() {
    Retuning.Result once =
        Retuning.of(
                FEW, InfectedToy.STRIPES.network(), unknown(), 4, 5, sample, RunContext.quiet(7))
            .result();
    Retuning.Result again =
        Retuning.of(
                FEW, InfectedToy.STRIPES.network(), unknown(), 4, 5, sample, RunContext.quiet(7))
            .result();

    assertThat(again).isEqualTo(once);
  }

  /** A grey pixel pair in the middle. */
  private static Trigger unknown() {
    float[] mask = new float[64];
    mask[27] = 1;
    mask[28] = 1;
    float[] pattern = new float[3 * 64];
    Arrays.fill(pattern, 0.5f);
    return new Trigger.Patch(mask, pattern, 8, 8);
  }
}
