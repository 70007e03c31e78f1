package io.secateur.defence;

import io.secateur.agent.LipschitzBound;
import io.secateur.data.CleanSample;
import io.secateur.nn.Architecture;
import io.secateur.nn.Channel;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.Weights;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Channel Lipschitzness based pruning (Zheng, Tang, Li and Liu, ECCV 2022): a trigger must move a
 * channel far by a small change of the image, so its channels are those of the highest Lipschitz
 * constants. Needs no data. For each batch norm behind a convolution and each channel k
 *
 * <pre>
 * L_k = σ_max( reshape(W_k, C_in × kh·kw) ) · |γ_k / √σ²_k|
 * prune k if L_k &gt; mean(L) + u · std(L)     within its layer, std with n − 1
 * </pre>
 *
 * <p>Default of the authors for CIFAR-10, u = 3 (rkteddy/channel-Lipschitzness-based-pruning,
 * defense.py). Differs from their code in: a batch norm is paired with the convolution that it
 * reads, where theirs takes the last one in module order, which is another one in pre-activation
 * networks and at shortcuts. A batch norm that reads anything else, such as the sum at the
 * beginning of a pre-activation block, has no single filter and is left alone. L_k is 0 where the
 * running variance is.
 */
public final class ChannelLipschitzness implements Treatment {

  /**
   * Settings.
   *
   * @param u how many standard deviations above the mean of its layer a channel is pruned, at least
   *     0
   */
  public record Settings(double u) {
    /** u = 3. */
    public static final Settings DEFAULT = new Settings(3);

    /** Rejects a negative u. */
    public Settings {
      if (!(u >= 0)) {
        throw new IllegalArgumentException("u must be at least 0, got " + u);
      }
    }
  }

  private final Settings settings;

  /** Pruning with {@code settings}. */
  public ChannelLipschitzness(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "clp";
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if no batch norm reads a convolution
   */
  @Override
  public void check(Network network) {
    if (pairs(network.architecture()).isEmpty()) {
      throw new IllegalArgumentException(
          "clp bounds batch norms behind convolutions and "
              + network.architecture().name()
              + " has none; expected a network with convolutions followed by batch norm");
    }
  }

  @Override
  public Treated treat(Network suspect, CleanSample clean, RunContext run) {
    PruningPlan plan = plan(suspect, run);
    return new Treated(Surgery.apply(suspect, plan), plan);
  }

  /** What is pruned, whatever the data; the score is (L − mean) / std. */
  PruningPlan plan(Network suspect, RunContext run) {
    List<PrunedChannel> pruned = new ArrayList<>();
    List<Node> norms = pairs(suspect.architecture());
    run.progress().begin("bound Lipschitz constants", norms.size());
    for (int n = 0; n < norms.size(); n++) {
      Node norm = norms.get(n);
      double[] bounds = bounds(suspect, norm);
      double mean = Arrays.stream(bounds).average().orElse(0);
      double square = Arrays.stream(bounds).map(l -> (l - mean) * (l - mean)).sum();
      double std = Math.sqrt(square / (bounds.length - 1));
      for (int k = 0; k < bounds.length; k++) {
        if (bounds[k] > mean + settings.u() * std) {
          pruned.add(pruned(norm.name(), k, bounds[k], mean, std));
        }
      }
      run.progress().advance(n + 1, norm.name());
    }
    run.progress().end(pruned.size() + " channels");
    return new PruningPlan(pruned);
  }

  private static PrunedChannel pruned(String norm, int k, double bound, double mean, double std) {
    double deviations = (bound - mean) / std;
    return new PrunedChannel(
        norm,
        k,
        deviations,
        String.format(
            Locale.ROOT,
            "Lipschitz bound %.3f, %.1f standard deviations above its layer's mean of %.3f",
            bound,
            deviations,
            mean));
  }

  /** Batch norms that read a convolution. */
  private static List<Node> pairs(Architecture architecture) {
    return NormMasks.norms(architecture).stream()
        .filter(norm -> architecture.node(norm.inputs().get(0)).layer() instanceof Layer.Conv2d)
        .toList();
  }

  /** L of each channel of a batch norm. */
  static double[] bounds(Network network, Node norm) {
    Weights weights = network.weights();
    String convolution = norm.inputs().get(0);
    double[] bounds = new double[norm.output().channels()];
    for (int k = 0; k < bounds.length; k++) {
      double gamma = weights.get(norm.name() + ".weight").at(k);
      double variance = weights.get(norm.name() + ".running_var").at(k);
      double filter = LipschitzBound.ofFilter(network, new Channel(convolution, k));
      bounds[k] = variance > 0 ? filter * Math.abs(gamma) / Math.sqrt(variance) : 0;
    }
    return bounds;
  }
}
