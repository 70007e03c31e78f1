package io.secateur.bench;

import io.secateur.data.CleanSample;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.RepairVerdict;
import io.secateur.engine.Engine;
import io.secateur.format.FileHash;
import io.secateur.metric.Proportion;
import io.secateur.nn.Architecture;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.OwnNorm;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import io.secateur.report.Calibration;
import io.secateur.report.Fallback;
import io.secateur.report.RepairResult;
import io.secateur.report.RepairResult.BeforeAfter;
import io.secateur.run.PeakMemory;
import io.secateur.run.Provenance;
import io.secateur.run.Stopwatch;
import io.secateur.trigger.LabelFinding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts the result together. */
final class ResultAssembly {
  private final RepairRequest request;
  private final CleanSample sample;
  private final RepairOutcome outcome;
  private final Optional<TrustedMeasurement> trusted;
  private final Optional<PrunedFile> repaired;
  private final double imageForwards;
  private final Optional<RepairResult.Stress> stress;

  ResultAssembly(
      RepairRequest request,
      CleanSample sample,
      RepairOutcome outcome,
      Optional<TrustedMeasurement> trusted,
      Optional<PrunedFile> repaired,
      double imageForwards,
      Optional<RepairResult.Stress> stress) {
    this.request = request;
    this.sample = sample;
    this.outcome = outcome;
    this.trusted = trusted;
    this.repaired = repaired;
    this.imageForwards = imageForwards;
    this.stress = stress;
  }

  RepairResult result(Stopwatch watch, double borrowed, List<String> files, List<String> notes) {
    Network before = request.model().network();
    BeforeAfter holdOut =
        new BeforeAfter(outcome.before().cleanAccuracy(), outcome.after().cleanAccuracy());
    BeforeAfter mixed =
        new BeforeAfter(outcome.before().mixedAccuracy(), outcome.after().mixedAccuracy());
    Optional<BeforeAfter> synthetic =
        both(outcome.before().syntheticAsr(), outcome.after().syntheticAsr());
    return new RepairResult(
        1,
        shown(verdict()),
        shown(outcome.verdict()),
        reason(holdOut, synthetic),
        outcome.target().isPresent() ? Optional.of(outcome.target().getAsInt()) : Optional.empty(),
        request.defence().name(),
        trusted
            .map(t -> new BeforeAfter(t.before().cleanAccuracy(), t.after().cleanAccuracy()))
            .orElse(holdOut),
        synthetic,
        trusted.flatMap(t -> both(t.before().trueAsr(), t.after().trueAsr())),
        trusted.flatMap(t -> both(t.before().recoveryAccuracy(), t.after().recoveryAccuracy())),
        holdOut,
        Optional.of(mixed),
        relapses(),
        stress,
        outcome.hunt().flatMap(Fallback::of),
        paper() ? Optional.empty() : outcome.hunt().flatMap(Calibration::of),
        new RepairResult.Channels(channels(before.architecture()), pruned().size()),
        new RepairResult.Counts(
            ParameterCount.of(before.architecture()),
            compacted()
                .map(ParameterCount::of)
                .orElseGet(
                    () ->
                        ParameterCount.without(
                            before.architecture(), zeroed(before.architecture())))),
        new RepairResult.Counts(
            before.architecture().macs(),
            compacted()
                .map(Architecture::macs)
                .orElseGet(() -> remainingMacs(before.architecture()))),
        repaired.flatMap(PrunedFile::compact),
        seconds(watch, borrowed),
        PeakMemory.bytes(),
        new RepairResult.Model(
            request.model().path().toString(),
            before.architecture().name(),
            before.preprocessing().toString(),
            before.classes(),
            new RepairResult.Hashes(
                request.model().sha256(), repaired.map(PrunedFile::path).map(FileHash::sha256))),
        new RepairResult.Data(
            request.clean().name(),
            request.clean().sha256(),
            sample.size(),
            sample.holdOut().size()),
        new RepairResult.MeasuredOn(
            trusted.map(TrustedMeasurement::images).orElse(sample.holdOut().name()),
            sample.holdOut().name(),
            trusted.filter(t -> t.before().trueAsr().isPresent()).map(TrustedMeasurement::images)),
        new RepairResult.Policy(request.policy().maxCaDrop(), request.policy().maxAsr()),
        labels(),
        searches(),
        outcome.evaluations(),
        Math.round(imageForwards),
        request.seed(),
        new LinkedHashMap<>(request.settings()),
        Provenance.collect(request.product(), Engine.version(), watch.startedAt(), request.seed()),
        files,
        notes);
  }

  private static Optional<BeforeAfter> both(
      Optional<Proportion> before, Optional<Proportion> after) {
    return before.isPresent() && after.isPresent()
        ? Optional.of(new BeforeAfter(before.get(), after.get()))
        : Optional.empty();
  }

  private static String shown(RepairVerdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The policy applied to the trusted images too: what is known to be unrepaired is not repaired.
   */
  private RepairVerdict verdict() {
    boolean disputable =
        outcome.verdict() == RepairVerdict.REPAIRED || outcome.verdict() == RepairVerdict.CLEAN;
    if (!disputable || trusted.isEmpty()) {
      return outcome.verdict();
    }
    return trustedDrop() <= request.policy().maxCaDrop()
            && trustedAsr().orElse(0.0) <= request.policy().maxAsr()
        ? outcome.verdict()
        : RepairVerdict.NOT_REPAIRED;
  }

  private double trustedDrop() {
    return trusted
        .map(
            t ->
                Proportion.points(
                    t.before().cleanAccuracy().value(), t.after().cleanAccuracy().value()))
        .orElse(0.0);
  }

  private Optional<Double> trustedAsr() {
    return trusted.flatMap(t -> t.after().trueAsr()).map(Proportion::value);
  }

  private String reason(BeforeAfter holdOut, Optional<BeforeAfter> synthetic) {
    double drop = Proportion.points(holdOut.before().value(), holdOut.after().value());
    if (verdict() != outcome.verdict()) {
      return String.format(
          Locale.ROOT,
          "by hold-out images and synthetic triggers it is %s, but on %s clean accuracy fell"
              + " by %.1f points (at most %.1f allowed)%s",
          shown(outcome.verdict()),
          trusted.map(TrustedMeasurement::images).orElse(""),
          Math.max(0, trustedDrop()),
          request.policy().maxCaDrop(),
          trustedAsr()
              .map(
                  asr ->
                      String.format(
                          Locale.ROOT,
                          " and the true trigger works on %.1f %% (at most %.1f)",
                          asr,
                          request.policy().maxAsr()))
              .orElse(""));
    }
    if (outcome.hunt().isEmpty()
        && outcome.network() != request.model().network()
        && outcome.target().isEmpty()) {
      return String.format(
          Locale.ROOT,
          "treated without a hunt, so that no trigger tells what is left of a backdoor; clean"
              + " accuracy fell by %.1f points",
          Math.max(0, drop));
    }
    if (outcome.verdict() == RepairVerdict.CLEAN
        || outcome.verdict() == RepairVerdict.INCONCLUSIVE) {
      return outcome
          .hunt()
          .map(hunt -> hunt.reason())
          .orElse(
              request.target().isPresent()
                  ? "no trigger for the named label works"
                  : "no hunt was made, and the method found nothing to treat");
    }
    return String.format(
        Locale.ROOT,
        "synthetic triggers work on %.1f %% of the hold-out images (at most %.1f %% allowed), clean"
            + " accuracy fell by %.1f points (at most %.1f)%s",
        synthetic.map(asr -> asr.after().value()).orElse(Double.NaN),
        request.policy().maxAsr(),
        Math.max(0, drop),
        request.policy().maxCaDrop(),
        relapses().stream()
            .filter(RepairResult.Relapse::standsOut)
            .map(ResultAssembly::shown)
            .collect(Collectors.joining()));
  }

  private static String shown(RepairResult.Relapse relapse) {
    return String.format(
        Locale.ROOT,
        "; a new %s forces label %d on %.0f %%, where other labels reach %.0f %%",
        relapse.shown(),
        relapse.label(),
        relapse.after(),
        relapse.otherLabels());
  }

  private List<RepairResult.Relapse> relapses() {
    return outcome.relapses().stream()
        .map(
            relapse ->
                new RepairResult.Relapse(
                    relapse.after().target(),
                    relapse.after().trigger().called(),
                    relapse.after().size(),
                    100 * relapse.before().success(),
                    100 * relapse.after().success(),
                    100 * relapse.after().otherLabels(),
                    relapse.after().standsOut()))
        .toList();
  }

  /** Whether the hunt was the published one, which is not calibrated. */
  private boolean paper() {
    return request.settings().getOrDefault("paper", "").equals("true");
  }

  private List<RepairResult.Search> searches() {
    List<RepairResult.Search> searches = new ArrayList<>();
    int points = 0;
    for (RepairOutcome.Search search : outcome.searches()) {
      searches.add(RepairResult.Search.of(search, points));
      points += search.tradeOff().size();
    }
    return searches;
  }

  private static int channels(Architecture architecture) {
    return PruningUnits.ifAny(architecture, UnitKind.BATCH_NORM, 0).stream()
        .flatMap(space -> space.units().stream())
        .mapToInt(unit -> unit.channels().size())
        .sum();
  }

  /** The smaller architecture, if the repaired file is to have one. */
  private Optional<Architecture> compacted() {
    return repaired
        .filter(file -> file.compact().isPresent())
        .map(file -> file.network().architecture());
  }

  private Set<String> pruned() {
    Set<String> distinct = new HashSet<>();
    for (PrunedChannel channel : outcome.plan().channels()) {
      distinct.add(channel.layer() + "[" + channel.index() + "]");
    }
    return distinct;
  }

  /** Convolution filters and batch-norm channels that the plan set to zero, by layer. */
  private Map<String, Set<Integer>> zeroed(Architecture architecture) {
    Map<String, Set<Integer>> zeroed = new LinkedHashMap<>();
    for (PrunedChannel channel : outcome.plan().channels()) {
      zeroed.computeIfAbsent(channel.layer(), name -> new HashSet<>()).add(channel.index());
      OwnNorm.convolution(architecture, architecture.node(channel.layer()))
          .ifPresent(
              producer ->
                  zeroed
                      .computeIfAbsent(producer.name(), name -> new HashSet<>())
                      .add(channel.index()));
    }
    return zeroed;
  }

  private long remainingMacs(Architecture architecture) {
    Map<String, Set<Integer>> zeroed = zeroed(architecture);
    long saved = 0;
    for (Node node : architecture.nodes()) {
      if (node.layer() instanceof Layer.Conv2d) {
        long perFilter = Architecture.macs(node) / node.output().channels();
        saved += perFilter * zeroed.getOrDefault(node.name(), Set.of()).size();
      }
    }
    return architecture.macs() - saved;
  }

  private RepairResult.Seconds seconds(Stopwatch watch, double borrowed) {
    Optional<Double> shared = borrowed > 0 ? Optional.of(borrowed) : Optional.empty();
    return new RepairResult.Seconds(watch.seconds(), stages(watch), shared);
  }

  private Map<String, Double> stages(Stopwatch watch) {
    Map<String, Double> stages = new LinkedHashMap<>(outcome.seconds());
    watch
        .laps()
        .forEach(
            (stage, seconds) -> {
              if (!stage.equals("repair")) {
                stages.put(stage, seconds);
              }
            });
    return stages;
  }

  private List<RepairResult.Label> labels() {
    List<RepairResult.Label> labels = new ArrayList<>();
    if (outcome.hunt().isPresent()) {
      var hunt = outcome.hunt().get();
      for (LabelFinding finding : hunt.findings()) {
        labels.add(
            new RepairResult.Label(
                finding.label(),
                request.clean().classNames().get(finding.label()),
                finding.norm(),
                finding.index(),
                100 * finding.success(),
                hunt.accused().contains(finding.label()),
                hunt.doubtful().contains(finding.label())));
      }
    }
    return labels;
  }
}
