package io.secateur.graph;

import io.secateur.nn.Channel;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.OwnNorm;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connection strengths q_i of ONP: for the filter of node i with kernels W[i, c],
 *
 * <pre>q_i[c] = Σ_{u,v} |W[i, c, u, v]|</pre>
 *
 * A unit that several convolutions write (a residual stream) has their strengths one after the
 * other. The magnitude is m_i = |γ_i| / √(σ²_i + ε) · ‖q_i‖₁, with the batch norm right behind the
 * convolution folded in.
 *
 * <p>Differs from the paper in: the form of q for streams and the folding are ours; the paper's
 * summary says only that q is built from the l1-norms of a filter's kernels.
 */
public final class ConnectionStrength {
  private final Network network;
  private final CouplingGroups groups;
  private final Map<String, float[][]> kernelNorms = new HashMap<>();

  /** Strengths in {@code network}. */
  public ConnectionStrength(Network network) {
    this.network = network;
    this.groups = CouplingGroups.of(network.architecture());
  }

  /** q of every unit; units of one layer have vectors of one length. */
  public float[][] profiles(PruningSpace space) {
    float[][] profiles = new float[space.size()][];
    for (int unit = 0; unit < profiles.length; unit++) {
      profiles[unit] = profile(space.units().get(unit));
    }
    return profiles;
  }

  /** m of every unit; for units of several channels the sum. */
  public double[] magnitudes(PruningSpace space) {
    double[] magnitudes = new double[space.size()];
    for (int unit = 0; unit < magnitudes.length; unit++) {
      for (Channel writer : writers(space.units().get(unit))) {
        double l1 = 0;
        for (float strength : kernelNorms(writer.node())[writer.index()]) {
          l1 += strength;
        }
        magnitudes[unit] += l1 * OwnNorm.gain(network, writer);
      }
    }
    return magnitudes;
  }

  /** The convolution channels whose values the unit is made of. */
  public List<Channel> writers(PruningUnit unit) {
    List<Channel> writers = new ArrayList<>();
    for (Channel channel : unit.channels()) {
      Node node = network.architecture().node(channel.node());
      Node producer = network.architecture().node(node.inputs().get(0));
      if (node.layer() instanceof Layer.Conv2d) {
        add(writers, channel);
      } else if (producer.layer() instanceof Layer.Conv2d) {
        add(writers, new Channel(producer.name(), channel.index()));
      } else {
        for (Channel writer : groups.groupOf(channel).writers()) {
          if (network.architecture().node(writer.node()).layer() instanceof Layer.Conv2d) {
            add(writers, writer);
          }
        }
      }
    }
    return writers;
  }

  /** Kernel l1-norms of one convolution: [out][in / groups]. */
  public float[][] kernelNorms(String convolution) {
    return kernelNorms.computeIfAbsent(convolution, this::computeKernelNorms);
  }

  private float[] profile(PruningUnit unit) {
    List<Channel> writers = writers(unit);
    int length = writers.stream().mapToInt(w -> kernelNorms(w.node())[w.index()].length).sum();
    float[] profile = new float[length];
    int at = 0;
    for (Channel writer : writers) {
      float[] norms = kernelNorms(writer.node())[writer.index()];
      System.arraycopy(norms, 0, profile, at, norms.length);
      at += norms.length;
    }
    return profile;
  }

  private float[][] computeKernelNorms(String convolution) {
    WeightTensor weight = network.weights().get(convolution + ".weight");
    int[] shape = weight.shape();
    float[] values = weight.floats();
    int taps = shape[2] * shape[3];
    float[][] norms = new float[shape[0]][shape[1]];
    int at = 0;
    for (int out = 0; out < shape[0]; out++) {
      for (int in = 0; in < shape[1]; in++) {
        float sum = 0;
        for (int tap = 0; tap < taps; tap++) {
          sum += Math.abs(values[at++]);
        }
        norms[out][in] = sum;
      }
    }
    return norms;
  }

  private static void add(List<Channel> channels, Channel channel) {
    if (!channels.contains(channel)) {
      channels.add(channel);
    }
  }
}
