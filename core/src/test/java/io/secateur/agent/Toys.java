package io.secateur.agent;

import io.secateur.graph.ChannelGraph;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

/** Graphs, features and short searches for tests. */
final class Toys {
  private Toys() {}

  /** A graph with {@code edges} different random edges. */
  static ChannelGraph graph(int nodes, int edges, long seed) {
    Random random = new Random(seed);
    Set<Long> seen = new HashSet<>();
    int[] from = new int[edges];
    int[] to = new int[edges];
    for (int e = 0; e < edges; ) {
      int a = random.nextInt(nodes);
      int b = random.nextInt(nodes);
      if (a != b && seen.add((long) Math.min(a, b) * nodes + Math.max(a, b))) {
        from[e] = a;
        to[e++] = b;
      }
    }
    return new ChannelGraph(nodes, from, to);
  }

  /** Standard normal features. */
  static float[][] features(int nodes, int width, long seed) {
    Random random = new Random(seed);
    float[][] features = new float[nodes][width];
    for (float[] node : features) {
      for (int f = 0; f < width; f++) {
        node[f] = (float) random.nextGaussian();
      }
    }
    return features;
  }

  /** The usual search step by step, in other episodes. */
  static PpoSequentialSettings episodes(
      int most,
      int patience,
      int steps,
      int nodesPerStep,
      EncoderKind encoder,
      PpoSequentialSettings.Credit credit) {
    PpoSequentialSettings usual = PpoSequentialSettings.DEFAULT;
    return new PpoSequentialSettings(
        encoder,
        credit,
        most,
        usual.episodesPerUpdate(),
        steps,
        nodesPerStep,
        patience,
        usual.gamma(),
        usual.lambda(),
        usual.epochs(),
        usual.minibatch(),
        usual.learningRate(),
        usual.clip(),
        usual.entropy(),
        usual.valueWeight(),
        usual.gradientClip());
  }
}
