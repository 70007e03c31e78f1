package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.engine.OneThread;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.RandomNetworks;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.Surgery;
import io.secateur.run.Checkpoints;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory;
import io.secateur.run.SeedTree;
import io.secateur.train.Precision;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every treatment that prunes must do. */
@ExtendWith(OneThread.class)
class PruningTreatmentsTest {
  private final Network suspect = RandomNetworks.stock("resnet20-w4", 8, 6);
  private final CleanSample sample = FinePruningTest.tenClasses(PlantedChannel.sample());

  @TempDir private Path folder;

  static Stream<Treatment> treatments() {
    return all(new Cut.Fixed(0.9), 1);
  }

  static Stream<Treatment> reckless() {
    return all(new Cut.Fixed(0.999999), 0);
  }

  private static Stream<Treatment> all(Cut cut, double u) {
    return Stream.of(
        new FinePruning(
            new FinePruning.Settings(0.1, cut, Optional.of(new FineTuning.Settings(2, 0.01, 20)))),
        new AdversarialNeuronPruning(
            new AdversarialNeuronPruning.Settings(
                6, 0.2, 0.4, 1, 0.2, 16, Augmentation.CROP_AND_FLIP, Precision.AUTO, cut)),
        new ChannelLipschitzness(new ChannelLipschitzness.Settings(u)),
        new ReconstructiveNeuronPruning(
            new ReconstructiveNeuronPruning.Settings(
                3, 0.01, 0, 4, 0.2, 1, 16, Augmentation.CROP_AND_FLIP, Precision.AUTO, cut)));
  }

  @ParameterizedTest
  @MethodSource("treatments")
  void what_is_planned_is_pruned_with_score_and_reason(Treatment treatment) {
    Interrupting told = Interrupting.never();

    Treatment.Treated treated = treat(treatment, told, Checkpoints.NONE, 1);

    assertThat(treated.plan().channels()).isNotEmpty().doesNotHaveDuplicates();
    for (PrunedChannel channel : treated.plan().channels()) {
      assertThat(channel.score()).isFinite();
      assertThat(channel.reason()).isNotBlank().doesNotContain("\n");
    }
    assertThat(Surgery.apply(treated.network(), treated.plan())).isEqualTo(treated.network());
    for (String name : suspect.architecture().requiredTensors().keySet()) {
      assertThat(treated.network().weights().get(name).hasNonFinite()).as(name).isFalse();
    }
    assertThat(told.said()).isNotEmpty().allMatch(stage -> stage.contains(": "));
    assertThat(told.steps()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("treatments")
  void the_seed_decides_everything(Treatment treatment) {
    Treatment.Treated first = treat(treatment, Progress.SILENT, Checkpoints.NONE, 1);
    Treatment.Treated second = treat(treatment, Progress.SILENT, Checkpoints.NONE, 1);

    assertThat(second.plan()).isEqualTo(first.plan());
    assertThat(second.network()).isEqualTo(first.network());
  }

  @ParameterizedTest
  @MethodSource("treatments")
  void interrupted_anywhere_it_goes_on_to_the_same_plan(Treatment treatment) {
    Interrupting whole = Interrupting.never();
    Treatment.Treated expected = treat(treatment, whole, Checkpoints.NONE, 1);
    int last = whole.steps();

    for (int step : new int[] {1, (last + 1) / 2, last}) {
      Path own = folder.resolve(treatment.name() + "-" + step);
      assertThatThrownBy(() -> inFolder(treatment, Interrupting.at(step), own))
          .isInstanceOf(Interrupted.class);
      Treatment.Treated resumed = inFolder(treatment, Progress.SILENT, own);

      assertThat(resumed.plan()).isEqualTo(expected.plan());
      assertThat(resumed.network()).isEqualTo(expected.network());
    }
  }

  @ParameterizedTest
  @MethodSource("reckless")
  void no_layer_loses_its_last_channel(Treatment treatment) {
    Treatment.Treated treated = treat(treatment, Progress.SILENT, Checkpoints.NONE, 1);

    treated.plan().channels().stream()
        .collect(Collectors.groupingBy(PrunedChannel::layer))
        .forEach(
            (layer, pruned) ->
                assertThat(pruned.size())
                    .as(layer)
                    .isLessThan(suspect.architecture().node(layer).output().channels()));
  }

  @ParameterizedTest
  @MethodSource("treatments")
  void stock_networks_are_accepted_and_those_without_what_is_pruned_refused(Treatment treatment) {
    for (String name :
        new String[] {"resnet18-w8", "preactresnet18-w8", "wrn-16-1", "mobilenetv2-w8"}) {
      treatment.check(RandomNetworks.stock(name, 16, 1));
    }
    var net = new ArchitectureBuilder("perceptron", PlantedChannel.images(1, 1).shape());
    net.linear("fc", net.add("flat", new Layer.Flatten(), net.input()), 6);
    Network perceptron = RandomNetworks.of(net.build(), 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> treatment.check(perceptron))
        .withMessageStartingWith(treatment.name() + " ")
        .withMessageContaining("perceptron has none; expected ")
        .withMessageNotContaining("\n");
  }

  private Treatment.Treated inFolder(Treatment treatment, Progress progress, Path own) {
    try (RunDirectory run =
        RunDirectory.open(own, Map.of("a", "b"), RunDirectory.Existing.RESUME)) {
      return treat(treatment, progress, run, 1);
    }
  }

  private Treatment.Treated treat(
      Treatment treatment, Progress progress, Checkpoints checkpoints, long seed) {
    return treatment.treat(
        suspect, sample, new RunContext(new SeedTree(seed), progress, checkpoints));
  }
}
