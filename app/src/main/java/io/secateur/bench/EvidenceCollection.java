package io.secateur.bench;

import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.defence.RepairOutcome;
import io.secateur.explain.ChannelPortrait;
import io.secateur.explain.FeaturePlane;
import io.secateur.explain.GraphExcerpt;
import io.secateur.explain.PenultimateFeatures;
import io.secateur.explain.ProbeImages;
import io.secateur.explain.PutBackEffect;
import io.secateur.explain.SyntheticAttack;
import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionGraph;
import io.secateur.metric.Confusion;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import io.secateur.report.Evidence;
import io.secateur.run.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Gathers the evidence about a finished repair: on the hold-out images and the synthetic triggers,
 * never on anything that the defender does not have.
 */
final class EvidenceCollection {
  private static final int MOST_CHANNELS = 500;
  private static final int PORTRAIT_IMAGES = 200;
  private static final int PUT_BACK_IMAGES = 100;
  private static final int FEATURE_IMAGES = 300;
  private static final int MOST_FEATURES = 1 << 14;

  private final Network suspect;
  private final RepairOutcome outcome;
  private final CleanSample sample;
  private final List<SyntheticAttack> attacks;
  private final Map<String, String> absent = new LinkedHashMap<>();

  private EvidenceCollection(Network suspect, RepairOutcome outcome, CleanSample sample) {
    this.suspect = suspect;
    this.outcome = outcome;
    this.sample = sample;
    this.attacks = SyntheticAttack.of(outcome);
  }

  /** Everything about what became of {@code suspect}. */
  static Evidence of(
      Network suspect, RepairOutcome outcome, CleanSample sample, Progress progress) {
    return new EvidenceCollection(suspect, outcome, sample).evidence(progress);
  }

  private Evidence evidence(Progress progress) {
    progress.begin("gather the evidence", 3);
    PruningPlan plan =
        new PruningPlan(
            outcome.plan().channels().stream()
                .sorted(Comparator.comparingDouble(channel -> -channel.score()))
                .toList());
    Optional<PruningSpace> space =
        PruningUnits.ifAny(suspect.architecture(), UnitKind.BATCH_NORM, 0);
    Optional<ChannelGraph> graph =
        space.map(s -> ConnectionGraph.of(suspect, s, ConnectionGraph.Settings.PAPER));
    Optional<Measured> effects = effects(plan);
    progress.advance(1, "channels put back one by one");
    List<Evidence.Pruned> pruned = pruned(plan, space, graph, effects);
    progress.advance(2, "channels");
    Evidence.Confusions confusions =
        new Evidence.Confusions(
            confusion(suspect),
            outcome.network() == suspect ? confusion(suspect) : confusion(outcome.network()));
    Evidence evidence =
        new Evidence(
            Evidence.VERSION,
            sample.tune().classNames(),
            layers(space),
            TriggerPictures.of(outcome, attacks, sample.holdOut()),
            pruned,
            effects.map(Measured::summary),
            excerpt(space, graph),
            confusions,
            features(),
            AttentionPictures.of(suspect, outcome.network(), attacks, sample.holdOut(), absent),
            absent);
    progress.end("for the report");
    return evidence;
  }

  private List<Evidence.Layer> layers(Optional<PruningSpace> space) {
    Set<String> prunable = space.map(known -> Set.copyOf(known.nodes())).orElseGet(Set::of);
    Map<String, Set<Integer>> pruned = new LinkedHashMap<>();
    for (PrunedChannel channel : outcome.plan().channels()) {
      pruned.computeIfAbsent(channel.layer(), name -> new TreeSet<>()).add(channel.index());
    }
    List<Evidence.Layer> layers = new ArrayList<>();
    for (Node node : suspect.architecture().nodes()) {
      Set<Integer> here = pruned.getOrDefault(node.name(), Set.of());
      if (prunable.contains(node.name()) || !here.isEmpty()) {
        layers.add(new Evidence.Layer(node.name(), node.output().channels(), List.copyOf(here)));
      }
    }
    return layers;
  }

  /** Effects by channel, and what they were measured on. */
  private record Measured(Map<Channel, PutBackEffect.Standing> effects, Evidence.PutBack summary) {}

  private Optional<Measured> effects(PruningPlan plan) {
    if (plan.channels().isEmpty()) {
      return Optional.empty();
    }
    if (attacks.isEmpty()) {
      absent.put("putBack", "There is no trigger for images that a channel could be tried with.");
      return Optional.empty();
    }
    ProbeImages images = ProbeImages.of(suspect, sample.holdOut(), attacks, PUT_BACK_IMAGES);
    PutBackEffect.Result result =
        PutBackEffect.of(suspect, outcome.network(), plan, images, PutBackEffect.Settings.DEFAULT);
    if (result.effects().isEmpty()) {
      absent.put(
          "putBack",
          "The pruned channels are convolutions that a batch norm follows, which cannot be tried"
              + " one by one.");
      return Optional.empty();
    }
    return Optional.of(
        new Measured(
            result.effects().stream()
                .collect(
                    Collectors.toMap(
                        PutBackEffect.Effect::channel, PutBackEffect.Effect::standing)),
            new Evidence.PutBack(
                images.labels().length,
                images.targets().length,
                result.effects().size(),
                result.pruned())));
  }

  private List<Evidence.Pruned> pruned(
      PruningPlan plan,
      Optional<PruningSpace> space,
      Optional<ChannelGraph> graph,
      Optional<Measured> effects) {
    List<PrunedChannel> shown =
        plan.channels().subList(0, Math.min(MOST_CHANNELS, plan.channels().size()));
    if (shown.isEmpty() || space.isEmpty() || graph.isEmpty()) {
      return List.of();
    }
    ImageSet images = sample.holdOut();
    List<ChannelPortrait> portraits =
        ChannelPortrait.of(
            suspect,
            shown.stream().map(c -> new Channel(c.layer(), c.index())).toList(),
            images.select(
                Arrays.copyOf(images.indices(), Math.min(PORTRAIT_IMAGES, images.size()))),
            attacks,
            space.get(),
            graph.get());
    List<Evidence.Pruned> rows = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      PrunedChannel channel = shown.get(i);
      ChannelPortrait portrait = portraits.get(i);
      rows.add(
          new Evidence.Pruned(
              channel.layer(),
              channel.index(),
              channel.score(),
              channel.reason(),
              portrait.cleanMean(),
              portrait.change(),
              portrait.lipschitz(),
              portrait.degree(),
              effects.flatMap(e -> Optional.ofNullable(e.effects().get(portrait.channel())))));
    }
    return rows;
  }

  private Optional<GraphExcerpt> excerpt(
      Optional<PruningSpace> space, Optional<ChannelGraph> graph) {
    if (outcome.plan().channels().isEmpty()) {
      absent.put("graph", "Nothing was pruned.");
      return Optional.empty();
    }
    if (space.isEmpty() || graph.isEmpty()) {
      absent.put("graph", "The network has no channels that the graph could be drawn of.");
      return Optional.empty();
    }
    Set<Channel> pruned =
        outcome.plan().channels().stream()
            .map(channel -> new Channel(channel.layer(), channel.index()))
            .collect(Collectors.toSet());
    return Optional.of(
        GraphExcerpt.of(space.get(), graph.get(), pruned, GraphExcerpt.Settings.DEFAULT));
  }

  private List<List<Integer>> confusion(Network network) {
    ImageSet images = sample.holdOut();
    int[] answers = Evaluator.predict(network, images, images.indices());
    int[][] counts = Confusion.of(images.classes(), images.labels(), answers).counts();
    return Arrays.stream(counts).map(row -> Arrays.stream(row).boxed().toList()).toList();
  }

  private Optional<FeaturePlane> features() {
    Optional<String> node = PenultimateFeatures.node(suspect);
    int width = node.map(n -> suspect.architecture().node(n).output().channels()).orElse(0);
    if (node.isEmpty() || width < 2 || width > MOST_FEATURES) {
      absent.put(
          "features",
          node.isEmpty()
              ? "The last layer reads the image itself: there are no features before it."
              : "The last layer reads " + width + " features, which no plane is made of.");
      return Optional.empty();
    }
    return Optional.of(
        FeaturePlane.of(
            suspect,
            outcome.network(),
            ProbeImages.of(suspect, sample.holdOut(), attacks, FEATURE_IMAGES)));
  }
}
