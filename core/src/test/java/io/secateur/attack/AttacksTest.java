package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageSet;
import io.secateur.data.Shapes;
import io.secateur.data.Split;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.run.SeedTree;
import io.secateur.train.Batch;
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
  private static final SeedTree SEEDS = new SeedTree(5);

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
      default -> Attacks.named(name, Optional.empty());
    };
  }

  private static Batch all(Poisoning poisoning) {
    return poisoning.training().load(CLEAN.indices(), new SplittableRandom(1));
  }

  @ParameterizedTest
  @MethodSource("names")
  void as_many_images_are_changed_as_it_says_and_the_others_are_clean(String name) {
    Poisoning poisoning = attack(name).poison(CLEAN, SEEDS);

    Batch batch = all(poisoning);

    assertThat(poisoning.training().size()).isEqualTo(CLEAN.size());
    assertThat(poisoning.training().shape()).isEqualTo(CLEAN.shape());
    int size = CLEAN.shape().size();
    float[] clean = CLEAN.floats(CLEAN.indices());
    int changed = 0;
    for (int i = 0; i < CLEAN.size(); i++) {
      boolean same =
          Arrays.equals(
              Arrays.copyOfRange(batch.images(), i * size, (i + 1) * size),
              Arrays.copyOfRange(clean, i * size, (i + 1) * size));
      if (same) {
        assertThat(batch.labels()[i]).isEqualTo(CLEAN.label(i));
      }
      changed += same ? 0 : 1;
    }
    // In noise mode, twice as many are warped along a wrong grid.
    int expected = name.equals("wanet") ? 3 * poisoning.poisoned() : poisoning.poisoned();
    assertThat(changed).isEqualTo(expected);
    for (float value : batch.images()) {
      assertThat(value).isBetween(0f, 1f);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void the_seed_decides_whatever_was_asked_before(String name) {
    Attack attack = attack(name);
    Poisoning first = attack.poison(CLEAN, SEEDS);
    attack.poison(CLEAN, new SeedTree(6));
    Poisoning second = attack(name).poison(CLEAN, SEEDS);
    second.training().load(new int[] {7, 3}, new SplittableRandom(9));

    assertThat(second.truth()).isEqualTo(first.truth());
    assertThat(all(second).images()).isEqualTo(all(first).images());
    assertThat(all(second).labels()).isEqualTo(all(first).labels());
  }

  @ParameterizedTest
  @MethodSource("names")
  void the_truth_bears_the_name_and_fits_the_images(String name) {
    Attack attack = attack(name);
    Optional<GroundTruth> truth = attack.poison(CLEAN, SEEDS).truth();

    assertThat(attack.name()).isEqualTo(name);
    assertThat(truth.isEmpty()).isEqualTo(name.equals("none"));
    truth.ifPresent(
        known -> {
          assertThat(known.attack()).isEqualTo(name);
          assertThat(known.trigger().shape()).isEqualTo(CLEAN.shape());
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
