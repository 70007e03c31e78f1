package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageSet;
import io.secateur.data.Shapes;
import io.secateur.data.Split;
import io.secateur.metric.Generator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Target;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.run.RunContext;
import io.secateur.train.Batch;
import io.secateur.train.Companion;
import io.secateur.train.TrainingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every built-in attack promises. */
class AttacksTest {
  private static final ImageSet CLEAN = new Shapes(3).images(Split.TRAIN, 300);
  private static final Network NETWORK = RandomNetworks.stock("resnet20-w4", 32, 1);
  private static final RunContext RUN = RunContext.quiet(5);

  static List<String> names() {
    return Attacks.names();
  }

  /** Quick enough for a test: the sources take up to a thousand steps. */
  private static Attack attack(String name) {
    ProjectedGradient few = new ProjectedGradient(0.1, 0.05, 3);
    return switch (name) {
      case "clean-label" -> new CleanLabel(NETWORK, new CleanLabel.Settings(0, 0.8, few));
      case "trojan-nn" ->
          new TrojanNN(
              NETWORK,
              new TrojanNN.Settings(2, 100, few, TrojanNN.Settings.DEFAULT.overflow()),
              DirtyLabel.DEFAULT);
      case "dynamic" -> new InputAware(new Target.One(0), 0.1, 0.1, 0.032, 100, 1, 1, 0.01);
      default -> Attacks.named(name, Optional.empty());
    };
  }

  /** Fewer images for the attack that trains a network of its own. */
  private static ImageSet images(String name) {
    return name.equals("dynamic") ? CLEAN.select(Arrays.copyOf(CLEAN.indices(), 40)) : CLEAN;
  }

  private static Batch all(Poisoning poisoning) {
    int[] indices = Arrays.copyOf(CLEAN.indices(), poisoning.training().size());
    return poisoning.training().load(indices, new SplittableRandom(1));
  }

  /** The truth, where a trained companion is what it was at the beginning. */
  private static Optional<GroundTruth> truth(Poisoning poisoning) {
    List<Network> companions =
        poisoning.objective().stream()
            .flatMap(made -> made.apply(TrainingSettings.FROM_SCRATCH).companions().stream())
            .map(Companion::start)
            .toList();
    return poisoning.truth().apply(companions);
  }

  @ParameterizedTest
  @MethodSource("names")
  void as_many_images_are_changed_as_it_says_and_the_others_are_clean(String name) {
    ImageSet images = images(name);
    Poisoning poisoning = attack(name).poison(images, RUN);

    Batch batch = all(poisoning);

    assertThat(poisoning.training().size()).isEqualTo(images.size());
    assertThat(poisoning.training().shape()).isEqualTo(images.shape());
    int size = images.shape().size();
    float[] clean = images.floats(images.indices());
    int changed = 0;
    for (int i = 0; i < images.size(); i++) {
      boolean same =
          Arrays.equals(
              Arrays.copyOfRange(batch.images(), i * size, (i + 1) * size),
              Arrays.copyOfRange(clean, i * size, (i + 1) * size));
      if (same) {
        assertThat(batch.labels()[i]).isEqualTo(images.label(i));
      }
      changed += same ? 0 : 1;
    }
    int poisoned = poisoning.poisoned().applyAsInt(images.size());
    int expected =
        switch (name) {
          // In noise mode, twice as many are warped along a wrong grid.
          case "wanet" -> 3 * poisoned;
          // Put on in each step, after augmentation.
          case "dynamic" -> 0;
          default -> poisoned;
        };
    assertThat(changed).isEqualTo(expected);
    assertThat(poisoned == 0).isEqualTo(name.equals("none"));
    for (float value : batch.images()) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void the_seed_decides_whatever_was_asked_before(String name) {
    Attack attack = attack(name);
    Poisoning first = attack.poison(images(name), RUN);
    Poisoning other = attack.poison(images(name), RunContext.quiet(6));
    Poisoning second = attack(name).poison(images(name), RUN);
    second.training().load(new int[] {7, 3}, new SplittableRandom(9));

    assertThat(truth(second)).isEqualTo(truth(first));
    assertThat(all(second).images()).isEqualTo(all(first).images());
    assertThat(all(second).labels()).isEqualTo(all(first).labels());
    if (name.equals("dynamic") || name.equals("wanet")) {
      assertThat(truth(other)).isNotEqualTo(truth(first));
    } else if (!name.equals("none")) {
      assertThat(all(other).images()).isNotEqualTo(all(first).images());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void the_truth_bears_the_name_and_fits_the_images(String name) {
    Attack attack = attack(name);
    Optional<GroundTruth> truth = truth(attack.poison(images(name), RUN));

    assertThat(attack.name()).isEqualTo(name);
    assertThat(truth.isEmpty()).isEqualTo(name.equals("none"));
    truth.ifPresent(
        known -> {
          assertThat(known.attack()).isEqualTo(name);
          assertThat(known.trigger().shape()).isEqualTo(CLEAN.shape());
          assertThat(known.trigger() instanceof Generator).isEqualTo(name.equals("dynamic"));
          assertThat(known.target().fits(CLEAN.classes())).isTrue();
        });
  }

  @Test
  void unknown_names_and_missing_networks_are_refused() {
    assertThatThrownBy(() -> Attacks.named("badnest", Optional.empty()))
        .hasMessageStartingWith("attack 'badnest': expected one of none, badnets,");
    for (String name : Attacks.names()) {
      if (Attacks.needsCleanNetwork(name)) {
        assertThatThrownBy(() -> Attacks.named(name, Optional.empty()))
            .hasMessageContaining("clean images");
      } else {
        assertThat(Attacks.named(name, Optional.empty()).name()).isEqualTo(name);
      }
    }
  }
}
