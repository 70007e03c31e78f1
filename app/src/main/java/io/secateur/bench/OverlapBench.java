package io.secateur.bench;

import io.secateur.data.ImageSet;
import io.secateur.engine.Engine;
import io.secateur.format.LoadedModel;
import io.secateur.metric.ActivationChange;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.Architecture;
import io.secateur.nn.ChannelSite;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.Network;
import io.secateur.report.RepairResult;
import io.secateur.run.Provenance;
import io.secateur.run.Stopwatch;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Whether the channels that a true trigger moves keep their numbers from block to block: the
 * observation that ONP prunes in groups for.
 */
public final class OverlapBench {
  private static final MathContext DIGITS = new MathContext(4);

  private OverlapBench() {}

  /**
   * What came of a network.
   *
   * @param images that do not bear the target label
   * @param topShare share of a site's channels, those that change most, that pairs are compared by
   */
  public record Result(
      int schemaVersion,
      RepairResult.Model model,
      String data,
      int images,
      String attack,
      double topShare,
      List<Site> sites,
      List<Pair> pairs,
      Provenance versions) {}

  /**
   * A place in the network.
   *
   * @param role sum, branch or inner, see {@link ChannelSite.Role}
   * @param join sum that it is or goes into
   * @param change per channel, see {@link ActivationChange}; four digits
   */
  public record Site(String node, String stage, String role, String join, List<BigDecimal> change) {
    /** Copies the list. */
    public Site {
      change = List.copyOf(change);
    }
  }

  /**
   * Two places of one stage with the same role and number of channels, in different blocks.
   *
   * @param coupled whether channels of one number are tied by additions
   * @param top channels of each that change most
   * @param shared numbers that are among these in both
   * @param overlap shared, in percent of top
   * @param byChance what overlap would be if the numbers were drawn
   * @param rankCorrelation of the change of all channels; absent where one does not change
   */
  public record Pair(
      String first,
      String second,
      String stage,
      String role,
      boolean coupled,
      int top,
      int shared,
      double overlap,
      double byChance,
      OptionalDouble rankCorrelation) {}

  /**
   * Compares.
   *
   * @param topShare in (0, 1]
   * @param product version of this program
   */
  public static Result of(
      LoadedModel model, ImageSet images, GroundTruth truth, double topShare, String product) {
    Stopwatch watch = Stopwatch.start();
    Network network = model.network();
    List<ChannelSite> places = ChannelSite.of(network.architecture());
    Set<String> nodes =
        places.stream().map(ChannelSite::node).collect(Collectors.toCollection(LinkedHashSet::new));
    Map<String, float[]> change = ActivationChange.of(network, nodes, images, truth);
    return new Result(
        1,
        new RepairResult.Model(
            model.path().toString(),
            network.architecture().name(),
            network.preprocessing().toString(),
            network.classes(),
            new RepairResult.Hashes(model.sha256(), Optional.empty())),
        images.name(),
        truth.target().victims(images).length,
        truth.attack(),
        topShare,
        places.stream().map(place -> site(place, of(change, place))).toList(),
        pairs(network.architecture(), places, change, topShare),
        Provenance.collect(product, Engine.version(), watch.startedAt(), 0));
  }

  private static float[] of(Map<String, float[]> change, ChannelSite place) {
    return change.getOrDefault(place.node(), new float[place.channels()]);
  }

  private static Site site(ChannelSite place, float[] change) {
    List<BigDecimal> rounded =
        IntStream.range(0, change.length)
            .mapToObj(c -> new BigDecimal(change[c]).round(DIGITS))
            .toList();
    return new Site(place.node(), place.stage(), role(place), place.join(), rounded);
  }

  private static String role(ChannelSite place) {
    return place.role().name().toLowerCase(Locale.ROOT);
  }

  static List<Pair> pairs(
      Architecture architecture,
      List<ChannelSite> places,
      Map<String, float[]> change,
      double topShare) {
    CouplingGroups groups = CouplingGroups.of(architecture);
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      for (int j = i + 1; j < places.size(); j++) {
        if (comparable(places.get(i), places.get(j))) {
          pairs.add(pair(groups, places.get(i), places.get(j), change, topShare));
        }
      }
    }
    return pairs;
  }

  private static boolean comparable(ChannelSite a, ChannelSite b) {
    return a.role() == b.role()
        && a.stage().equals(b.stage())
        && a.channels() == b.channels()
        && !a.join().equals(b.join());
  }

  private static Pair pair(
      CouplingGroups groups,
      ChannelSite first,
      ChannelSite second,
      Map<String, float[]> change,
      double topShare) {
    int channels = first.channels();
    int top = Math.max(1, (int) Math.round(topShare * channels));
    float[] a = of(change, first);
    float[] b = of(change, second);
    Set<Integer> both = new HashSet<>(top(a, top));
    both.retainAll(top(b, top));
    boolean coupled =
        IntStream.range(0, channels)
            .allMatch(
                c -> groups.groupAt(first.node(), c).equals(groups.groupAt(second.node(), c)));
    return new Pair(
        first.node(),
        second.node(),
        first.stage(),
        role(first),
        coupled,
        top,
        both.size(),
        100.0 * both.size() / top,
        100.0 * top / channels,
        RankCorrelation.of(doubles(a), doubles(b)));
  }

  /** Numbers of the {@code count} channels that change most; of equal ones the first. */
  private static List<Integer> top(float[] change, int count) {
    return IntStream.range(0, change.length)
        .boxed()
        .sorted(Comparator.comparingDouble(c -> -change[c]))
        .limit(count)
        .toList();
  }

  private static double[] doubles(float[] values) {
    double[] copy = new double[values.length];
    Arrays.setAll(copy, i -> values[i]);
    return copy;
  }
}
