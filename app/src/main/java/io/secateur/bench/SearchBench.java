package io.secateur.bench;

import io.secateur.agent.LearningCurve;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.defence.Policy;
import io.secateur.defence.SearchTrials;
import io.secateur.defence.Suspect;
import io.secateur.defence.TriggerSources;
import io.secateur.engine.Engine;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.report.RepairResult;
import io.secateur.run.Provenance;
import io.secateur.run.RunContext;
import io.secateur.run.Stopwatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Searches beside each other on one network: one hunt, then every search under the same triggers;
 * and how well the triggers' success tells that of the true one along each search's own order.
 * Nothing that is measured here goes back into a search.
 */
public final class SearchBench {
  /** Test images on which points of a path are measured. */
  private static final int PATH_IMAGES = 1000;

  private SearchBench() {}

  /**
   * What a comparison gave.
   *
   * @param measuredOn images of all figures but Φ and synthetic success
   * @param target label found; absent where none was
   * @param before the suspect
   */
  public record Result(
      int schemaVersion,
      RepairResult.Model model,
      RepairResult.Data data,
      String measuredOn,
      OptionalInt target,
      Figures before,
      List<Trial> searches,
      long seed,
      Provenance versions) {}

  /** Clean accuracy and success of the true trigger. */
  public record Figures(Proportion cleanAccuracy, Optional<Proportion> trueAsr) {}

  /**
   * One search.
   *
   * @param settings that it was asked for with
   * @param channels pruned
   * @param phi Φ of the mask that was chosen, see {@link io.secateur.defence.SearchTrials.Trial}
   * @param evaluations masks tried
   * @param imageForwards images through the whole network, or as much
   * @param curve how it went
   * @param rankCorrelation Spearman's, of synthetic and true success along the path; absent where
   *     one of them never changes
   */
  public record Trial(
      String name,
      Map<String, String> settings,
      int channels,
      double phi,
      int evaluations,
      long imageForwards,
      double seconds,
      Figures after,
      LearningCurve curve,
      OptionalDouble rankCorrelation,
      List<Point> path) {}

  /** A point of a path: units pruned, success in percent of the synthetic and the true triggers. */
  public record Point(int units, double proxySuccess, double trueSuccess) {}

  /**
   * Compares.
   *
   * @param clean the defender's images, of which the seed draws {@code cleanSize}
   * @param product version of this program
   */
  public static Result of(
      LoadedModel model,
      ImageSet clean,
      int cleanSize,
      ImageSet test,
      Optional<GroundTruth> truth,
      SearchList list,
      String product,
      RunContext run) {
    Stopwatch watch = Stopwatch.start();
    Network network = model.network();
    CleanSample sample =
        CleanSample.draw(
            clean, cleanSize, CleanSample.HOLD_OUT_SHARE, run.seeds().seed("clean-sample"));
    SearchTrials.Outcome outcome =
        SearchTrials.of(
            Suspect.of(network),
            sample,
            TriggerSources.standard(TriggerSources.STRENGTH),
            Policy.DEFAULT,
            list.entries(),
            run);
    Figures before = figures(network, test, truth);
    ImageSet few = test.select(Arrays.copyOf(test.indices(), Math.min(PATH_IMAGES, test.size())));
    List<Trial> trials = new ArrayList<>();
    run.progress().begin("measure what was found", outcome.trials().size());
    outcome
        .trials()
        .forEach(
            (name, found) -> {
              trials.add(measured(name, list.settings(name), found, network, test, few, truth));
              run.progress().advance(trials.size(), name);
            });
    run.progress().end(trials.size() + " searches");
    return new Result(
        1,
        new RepairResult.Model(
            model.path().toString(),
            network.architecture().name(),
            network.preprocessing().toString(),
            network.classes(),
            new RepairResult.Hashes(model.sha256(), Optional.empty())),
        new RepairResult.Data(clean.name(), clean.sha256(), sample.size(), sample.holdOut().size()),
        test.name(),
        outcome.target(),
        before,
        trials,
        run.seeds().root(),
        Provenance.collect(product, Engine.version(), watch.startedAt(), run.seeds().root()));
  }

  private static Trial measured(
      String name,
      Map<String, String> settings,
      SearchTrials.Trial found,
      Network network,
      ImageSet test,
      ImageSet few,
      Optional<GroundTruth> truth) {
    List<Point> path = new ArrayList<>();
    if (truth.isPresent()) {
      for (SearchTrials.Step step : found.path()) {
        Evaluation evaluation = Evaluator.evaluate(pruned(network, step.plan()), few, truth);
        path.add(
            new Point(
                step.units(),
                100 * step.proxySuccess(),
                evaluation.trueAsr().orElseThrow().value()));
      }
    }
    return new Trial(
        name,
        settings,
        found.plan().channels().size(),
        found.score(),
        found.evaluations(),
        Math.round(found.forwards()),
        found.seconds(),
        figures(pruned(network, found.plan()), test, truth),
        found.curve(),
        rankCorrelation(path),
        path);
  }

  private static Network pruned(Network network, PruningPlan plan) {
    return plan.channels().isEmpty() ? network : Surgery.apply(network, plan);
  }

  private static Figures figures(Network network, ImageSet test, Optional<GroundTruth> truth) {
    Evaluation evaluation = Evaluator.evaluate(network, test, truth);
    return new Figures(evaluation.cleanAccuracy(), evaluation.trueAsr());
  }

  private static OptionalDouble rankCorrelation(List<Point> path) {
    return RankCorrelation.of(
        path.stream().mapToDouble(Point::proxySuccess).toArray(),
        path.stream().mapToDouble(Point::trueSuccess).toArray());
  }
}
