package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.Schemas;
import io.secateur.data.CleanSample;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.RepairVerdict;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.nn.Architecture;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.report.Evidence;
import io.secateur.report.ResultJson;
import io.secateur.run.Progress;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import io.secateur.trigger.ChannelStimulation;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvidenceCollectionTest {
  private static final ImageSet IMAGES = DataSpec.parse("shapes:size=100", Split.DEFENDER).load();
  private static final CleanSample SAMPLE = CleanSample.draw(IMAGES, 100, 0.4, 1);

  @ParameterizedTest
  @ValueSource(
      strings = {"resnet20-w4", "preactresnet18-w8", "vgg11-bn-w16", "mobilenetv2-w8", "wrn-16-1"})
  void every_family_has_all_of_it_and_twice_the_same(String name) {
    Network suspect = network(name);
    RepairOutcome outcome = repaired(suspect, plan(suspect, Layer.BatchNorm.class));

    Evidence evidence = EvidenceCollection.of(suspect, outcome, SAMPLE, Progress.SILENT);

    assertThat(evidence.absent()).isEmpty();
    assertThat(evidence.channels()).hasSize(6).allMatch(row -> row.putBack().isPresent());
    assertThat(evidence.channels()).allMatch(row -> row.change().isPresent());
    assertThat(evidence.channels()).allMatch(row -> row.degree().isPresent());
    assertThat(evidence.channels().get(0).score()).isEqualTo(5);
    assertThat(evidence.graph().orElseThrow().nodes().stream().filter(n -> n.pruned())).hasSize(6);
    assertThat(evidence.features().orElseThrow().points()).hasSize(40 + 36);
    assertThat(evidence.attention().orElseThrow().images()).hasSize(4);
    assertThat(evidence.triggers().shown()).hasSize(1);
    assertThat(evidence.confusion().after()).isEqualTo(confusion(outcome.network()));
    String json = ResultJson.of(evidence);
    Schemas.assertDocumented("evidence", json);
    assertThat(ResultJson.of(EvidenceCollection.of(suspect, outcome, SAMPLE, Progress.SILENT)))
        .isEqualTo(json);
    assertThat(ResultJson.read(json, Evidence.class)).isEqualTo(evidence);
  }

  @Test
  void convolutions_that_a_batch_norm_takes_in_are_listed_without_an_effect() {
    Network suspect = network("resnet20-w4");
    RepairOutcome outcome = repaired(suspect, plan(suspect, Layer.Conv2d.class));

    Evidence evidence = EvidenceCollection.of(suspect, outcome, SAMPLE, Progress.SILENT);

    assertThat(evidence.absent()).containsOnlyKeys("putBack");
    assertThat(evidence.channels()).hasSize(6).allMatch(row -> row.putBack().isEmpty());
    Schemas.assertDocumented("evidence", ResultJson.of(evidence));
  }

  @Test
  void what_cannot_be_put_on_images_tries_no_channel() {
    Network suspect = network("resnet20-w4");
    Node norm = ChannelStimulation.norms(suspect).get(0);
    float[] raises = new float[norm.output().channels()];
    raises[1] = 2;
    Trigger shift = new Trigger.Shift(Map.of(norm.name(), raises), 32, 32);
    RepairOutcome outcome =
        outcome(
            suspect,
            plan(suspect, Layer.BatchNorm.class),
            OptionalInt.of(3),
            List.of(shift, patch()));

    Evidence evidence = EvidenceCollection.of(suspect, outcome, SAMPLE, Progress.SILENT);
    Evidence alone =
        EvidenceCollection.of(
            suspect,
            outcome(suspect, outcome.plan(), OptionalInt.of(3), List.of(shift)),
            SAMPLE,
            Progress.SILENT);

    assertThat(evidence.channels()).anyMatch(row -> row.putBack().isPresent());
    assertThat(alone.channels()).isNotEmpty().allMatch(row -> row.putBack().isEmpty());
    assertThat(alone.absent().get("putBack")).contains("no trigger for images");
    Schemas.assertDocumented("evidence", ResultJson.of(alone));
  }

  @Test
  void a_clean_network_has_classes_features_and_attention_and_says_what_it_lacks() {
    Network suspect = network("resnet20-w4");
    RepairOutcome outcome = outcome(suspect, PruningPlan.EMPTY, OptionalInt.empty(), List.of());

    Evidence evidence = EvidenceCollection.of(suspect, outcome, SAMPLE, Progress.SILENT);

    assertThat(evidence.absent()).containsOnlyKeys("graph");
    assertThat(evidence.channels()).isEmpty();
    assertThat(evidence.features().orElseThrow().points()).hasSize(40);
    assertThat(evidence.attention().orElseThrow().images())
        .allMatch(seen -> seen.triggeredBefore().isEmpty());
    assertThat(evidence.confusion().before()).isEqualTo(evidence.confusion().after());
  }

  private static List<List<Integer>> confusion(Network network) {
    ImageSet images = SAMPLE.holdOut();
    Integer[][] counts = new Integer[images.classes()][images.classes()];
    for (Integer[] row : counts) {
      Arrays.fill(row, 0);
    }
    int[] answers = Evaluator.predict(network, images, images.indices());
    for (int i = 0; i < answers.length; i++) {
      counts[images.label(i)][answers[i]]++;
    }
    return Arrays.stream(counts).map(List::of).toList();
  }

  /** Six channels of different layers, as far as there are so many. */
  private static PruningPlan plan(Network network, Class<? extends Layer> kind) {
    List<Node> nodes =
        network.architecture().nodes().stream()
            .filter(node -> kind.isInstance(node.layer()) && node.output().channels() > 3)
            .toList();
    List<PrunedChannel> channels = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String layer = nodes.get(i * nodes.size() / 6).name();
      channels.add(new PrunedChannel(layer, i % 3, i, "reason " + i));
    }
    return new PruningPlan(channels);
  }

  private static RepairOutcome repaired(Network suspect, PruningPlan plan) {
    return outcome(suspect, plan, OptionalInt.of(3), List.of(patch()));
  }

  private static Trigger patch() {
    float[] mask = new float[32 * 32];
    Arrays.fill(mask, 0, 100, 1);
    float[] pattern = new float[3 * 32 * 32];
    Arrays.fill(pattern, 1);
    return new Trigger.Patch(mask, pattern, 32, 32);
  }

  private static RepairOutcome outcome(
      Network suspect, PruningPlan plan, OptionalInt target, List<Trigger> proxies) {
    RepairOutcome.Standing standing =
        new RepairOutcome.Standing(Proportion.of(9, 10), Proportion.of(8, 10), Optional.empty());
    return new RepairOutcome(
        plan.channels().isEmpty() ? suspect : Surgery.apply(suspect, plan),
        RepairVerdict.REPAIRED,
        target,
        plan,
        Optional.empty(),
        proxies,
        List.of(),
        standing,
        standing,
        List.of(),
        Optional.empty(),
        0,
        Map.of());
  }

  private static Network network(String name) {
    Architecture architecture =
        StockArchitectures.build(
            name, new StockArchitectures.Options(IMAGES.shape(), IMAGES.classes()));
    return Initialisation.of(architecture, Preprocessing.UNIT, new SeedTree(3));
  }
}
