package io.secateur.experiment;

import io.secateur.report.RepairResult;
import io.secateur.run.SeedTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/**
 * Defences beside each other, the best first. Seeds of one network are averaged before networks
 * are, so that a network counts once however often it was repaired.
 *
 * @param name of the benchmark
 * @param networks in the order of the plan
 * @param rows one for each defence
 */
public record Leaderboard(String name, List<NetworkFigures> networks, List<Row> rows) {
  private static final int RESAMPLES = 2000;

  /**
   * A network as it came.
   *
   * @param attack empty if it is clean
   * @param cleanAccuracy in percent
   * @param trueAsr in percent; empty if it is clean
   */
  public record NetworkFigures(
      String name, Optional<String> attack, double cleanAccuracy, Optional<Double> trueAsr) {}

  /** A mean and what it ranges over: a 95 % bootstrap interval, or lowest and highest. */
  public record Mean(double value, double low, double high) {
    /** Whether there is more than one value to have an interval of. */
    boolean varies() {
      return low < high;
    }
  }

  /**
   * A defence on one network, over the seeds.
   *
   * @param network its name
   * @param runs how many
   * @param asr left of the true trigger, in percent, lowest to highest; empty if it is clean
   * @param drop of clean accuracy, in points
   * @param recovery own labels under the true trigger, in percent; empty if it is clean
   * @param effectiveness defence effectiveness rating in [0, 1]; empty if it is clean
   * @param reactivation success of the true trigger once taught again, see {@link Row}
   * @param left as it came by so many runs, which found no backdoor
   */
  public record Entry(
      String network,
      int runs,
      Optional<Mean> asr,
      Mean drop,
      Optional<Double> recovery,
      Optional<Double> effectiveness,
      Optional<Double> reactivation,
      int left) {}

  /**
   * Networks taught their backdoor again with a few images that carry a synthetic trigger.
   *
   * @param runs how many were, on infected networks
   * @param synthetic success of that trigger then, in percent: mean over the runs
   * @param control the same of the same trigger for another label, taught likewise
   * @param sleeping share of the runs whose backdoor only sleeps, in percent
   */
  public record Retuned(int runs, double synthetic, double control, double sleeping) {}

  /**
   * A defence over all networks.
   *
   * @param defence its name, with the number of clean images where several were tried
   * @param entries by network, in the order of the plan; fewer where cells are missing
   * @param asr mean over infected networks
   * @param worstAsr highest of any run
   * @param drop mean over infected networks
   * @param worstDrop highest of any run on an infected network
   * @param effectiveness mean defence effectiveness rating over infected networks
   * @param meanRank mean over infected networks of its place by that rating
   * @param reactivation success of the true trigger once the network was taught its backdoor again:
   *     mean over infected networks, in which those count as they are that were left as they came;
   *     empty unless every run tells
   * @param retuned the same by synthetic triggers; empty if no run was
   * @param cleanDrop mean over clean networks
   * @param cleanAccused share of runs on clean networks that changed them, in percent
   * @param seconds median of all runs
   * @param imageForwards median of all runs
   */
  public record Row(
      String defence,
      List<Entry> entries,
      Optional<Mean> asr,
      Optional<Double> worstAsr,
      Optional<Mean> drop,
      Optional<Double> worstDrop,
      Optional<Double> effectiveness,
      Optional<Double> meanRank,
      Optional<Mean> reactivation,
      Optional<Retuned> retuned,
      Optional<Double> cleanDrop,
      Optional<Double> cleanAccused,
      double seconds,
      double imageForwards) {}

  /**
   * The table of {@code results}.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static Leaderboard of(String name, List<CellResult> results) {
    if (results.isEmpty()) {
      throw new IllegalArgumentException("there is no result to make a table of");
    }
    boolean sizes = results.stream().map(r -> r.cell().cleanSize()).distinct().count() > 1;
    Map<String, Map<String, List<CellResult>>> runs = new LinkedHashMap<>();
    for (CellResult result : results) {
      Cell cell = result.cell();
      String defence = cell.defence() + (sizes ? " · " + cell.cleanSize() + " images" : "");
      runs.computeIfAbsent(defence, d -> new LinkedHashMap<>())
          .computeIfAbsent(cell.model(), m -> new ArrayList<>())
          .add(result);
    }
    Map<String, Map<String, Entry>> entries = new LinkedHashMap<>();
    runs.forEach(
        (defence, byNetwork) -> {
          Map<String, Entry> row = new LinkedHashMap<>();
          byNetwork.forEach((network, some) -> row.put(network, entry(network, some)));
          entries.put(defence, row);
        });
    List<Row> rows = new ArrayList<>();
    runs.forEach((defence, byNetwork) -> rows.add(row(defence, byNetwork, entries)));
    rows.sort(
        Comparator.<Row>comparingDouble(row -> -row.effectiveness().orElse(0.0))
            .thenComparing(Row::defence));
    return new Leaderboard(name, networks(results), rows);
  }

  private static List<NetworkFigures> networks(List<CellResult> results) {
    Map<String, NetworkFigures> networks = new LinkedHashMap<>();
    for (CellResult result : results) {
      networks.putIfAbsent(
          result.cell().model(),
          new NetworkFigures(
              result.cell().model(),
              result.cell().attack(),
              result.result().cleanAccuracy().before().value(),
              result.result().trueAsr().map(asr -> asr.before().value())));
    }
    return List.copyOf(networks.values());
  }

  private static Entry entry(String network, List<CellResult> runs) {
    boolean infected = runs.stream().allMatch(run -> run.result().trueAsr().isPresent());
    return new Entry(
        network,
        runs.size(),
        infected ? Optional.of(range(runs, Leaderboard::asr)) : Optional.empty(),
        range(runs, Leaderboard::drop),
        infected ? Optional.of(mean(runs, Leaderboard::recovery)) : Optional.empty(),
        infected ? Optional.of(mean(runs, Leaderboard::effectiveness)) : Optional.empty(),
        reactivated(runs) ? Optional.of(mean(runs, Leaderboard::reactivation)) : Optional.empty(),
        (int) runs.stream().filter(run -> !run.changed()).count());
  }

  private static Row row(
      String defence,
      Map<String, List<CellResult>> byNetwork,
      Map<String, Map<String, Entry>> entries) {
    List<Entry> own = List.copyOf(entries.getOrDefault(defence, Map.of()).values());
    List<List<CellResult>> infected =
        own.stream()
            .filter(entry -> entry.asr().isPresent())
            .map(entry -> byNetwork.getOrDefault(entry.network(), List.of()))
            .toList();
    List<CellResult> onInfected = infected.stream().flatMap(List::stream).toList();
    List<CellResult> onClean =
        byNetwork.values().stream()
            .flatMap(List::stream)
            .filter(run -> !onInfected.contains(run))
            .toList();
    List<CellResult> all = byNetwork.values().stream().flatMap(List::stream).toList();
    boolean any = !infected.isEmpty();
    return new Row(
        defence,
        own,
        any ? Optional.of(bootstrap(infected, Leaderboard::asr)) : Optional.empty(),
        any ? Optional.of(range(onInfected, Leaderboard::asr).high()) : Optional.empty(),
        any ? Optional.of(bootstrap(infected, Leaderboard::drop)) : Optional.empty(),
        any ? Optional.of(range(onInfected, Leaderboard::drop).high()) : Optional.empty(),
        any ? Optional.of(meanOfMeans(infected, Leaderboard::effectiveness)) : Optional.empty(),
        any ? Optional.of(meanRank(defence, entries)) : Optional.empty(),
        any && reactivated(onInfected)
            ? Optional.of(bootstrap(infected, Leaderboard::reactivation))
            : Optional.empty(),
        retuned(onInfected),
        onClean.isEmpty() ? Optional.empty() : Optional.of(mean(onClean, Leaderboard::drop)),
        onClean.isEmpty()
            ? Optional.empty()
            : Optional.of(mean(onClean, run -> run.changed() ? 100 : 0)),
        median(all, CellResult::repairSeconds),
        median(all, run -> run.result().imageForwards()));
  }

  /** Mean over infected networks of the place, ties shared, among the defences tried on each. */
  private static double meanRank(String defence, Map<String, Map<String, Entry>> entries) {
    double total = 0;
    int networks = 0;
    for (Entry own : entries.getOrDefault(defence, Map.of()).values()) {
      if (own.effectiveness().isEmpty()) {
        continue;
      }
      double value = own.effectiveness().get();
      double better = 0;
      double equal = 0;
      for (Map<String, Entry> row : entries.values()) {
        Entry other = row.get(own.network());
        if (other != null && other.effectiveness().isPresent()) {
          better += other.effectiveness().get() > value ? 1 : 0;
          equal += other.effectiveness().get() == value ? 1 : 0;
        }
      }
      total += better + (equal + 1) / 2;
      networks++;
    }
    return total / networks;
  }

  private static double asr(CellResult run) {
    return run.result().trueAsr().orElseThrow().after().value();
  }

  private static double recovery(CellResult run) {
    return run.result().recoveryAccuracy().map(ra -> ra.after().value()).orElse(Double.NaN);
  }

  private static double drop(CellResult run) {
    RepairResult.BeforeAfter accuracy = run.result().cleanAccuracy();
    return accuracy.before().value() - accuracy.after().value();
  }

  /**
   * Defence effectiveness rating (Zhu et al. 2023): (max(0, ΔASR) − max(0, ΔCA) + 1) / 2, with
   * shares for percent.
   */
  private static double effectiveness(CellResult run) {
    double fall = run.result().trueAsr().orElseThrow().before().value() - asr(run);
    return (Math.max(0, fall) / 100 - Math.max(0, drop(run)) / 100 + 1) / 2;
  }

  private static boolean reactivated(List<CellResult> runs) {
    return runs.stream().allMatch(run -> run.reactivation().isPresent());
  }

  private static double reactivation(CellResult run) {
    return run.reactivation().orElseThrow();
  }

  private static Optional<Retuned> retuned(List<CellResult> runs) {
    List<RepairResult.Stress> stressed =
        runs.stream().flatMap(run -> run.result().stress().stream()).toList();
    return stressed.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Retuned(
                stressed.size(),
                mean(stressed, stress -> stress.attack().after().value()),
                mean(stressed, stress -> stress.controlAttack().after().value()),
                mean(stressed, stress -> stress.sleeps() ? 100 : 0)));
  }

  private static <T> double mean(List<T> runs, ToDoubleFunction<T> value) {
    return runs.stream().mapToDouble(value).average().orElse(Double.NaN);
  }

  private static Mean range(List<CellResult> runs, ToDoubleFunction<CellResult> value) {
    double[] values = runs.stream().mapToDouble(value).sorted().toArray();
    return new Mean(mean(runs, value), values[0], values[values.length - 1]);
  }

  private static double meanOfMeans(
      List<List<CellResult>> networks, ToDoubleFunction<CellResult> value) {
    return networks.stream().mapToDouble(runs -> mean(runs, value)).average().orElse(Double.NaN);
  }

  /**
   * Mean over networks of the mean over seeds, with the 95 % percentile interval of drawing
   * networks, and seeds of each, with replacement.
   */
  private static Mean bootstrap(
      List<List<CellResult>> networks, ToDoubleFunction<CellResult> value) {
    double[][] values =
        networks.stream()
            .map(runs -> runs.stream().mapToDouble(value).toArray())
            .toArray(double[][]::new);
    RandomGenerator random = new SeedTree(0).random("leaderboard");
    double[] means = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      double total = 0;
      for (int n = 0; n < values.length; n++) {
        double[] seeds = values[random.nextInt(values.length)];
        double sum = 0;
        for (int s = 0; s < seeds.length; s++) {
          sum += seeds[random.nextInt(seeds.length)];
        }
        total += sum / seeds.length;
      }
      means[i] = total / values.length;
    }
    Arrays.sort(means);
    return new Mean(
        meanOfMeans(networks, value),
        means[(int) (0.025 * RESAMPLES)],
        means[(int) (0.975 * RESAMPLES) - 1]);
  }

  private static double median(List<CellResult> runs, ToDoubleFunction<CellResult> value) {
    double[] values = runs.stream().mapToDouble(value).sorted().toArray();
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }

  /** The infected networks. */
  public List<NetworkFigures> infected() {
    return networks.stream().filter(network -> network.trueAsr().isPresent()).toList();
  }

  /** The others. */
  public List<NetworkFigures> clean() {
    return networks.stream().filter(network -> network.trueAsr().isEmpty()).toList();
  }

  /** The entry of {@code row} for {@code network}, if its cells are done. */
  public static Optional<Entry> entry(Row row, NetworkFigures network) {
    return row.entries().stream().filter(e -> e.network().equals(network.name())).findFirst();
  }
}
