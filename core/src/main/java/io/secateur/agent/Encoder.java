package io.secateur.agent;

import io.secateur.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Turns node features [N, F] into node embeddings [N, {@value #WIDTH}]. */
sealed interface Encoder {
  /** Width of an embedding. */
  int WIDTH = 64;

  /** Embeddings of nodes with {@code features}. */
  Tensor encode(Tensor features, Neighbourhoods edges);

  /** The variables to train. */
  List<Tensor> parameters();

  /** A new encoder of {@code kind} for nodes of {@code features} features. */
  static Encoder create(EncoderKind kind, int features, RandomGenerator random) {
    return switch (kind) {
      case GAT -> new Gat(features, random);
      case GCN -> new Gcn(features, random);
      case MLP -> new Mlp(features, random);
    };
  }

  /**
   * Two layers of attention, 4 heads of 16 and 1 head of 64, each with a residual connection:
   *
   * <pre>h¹ = GAT(x) + P x,   h² = GAT(h¹) + h¹</pre>
   */
  final class Gat implements Encoder {
    private final GatLayer first;
    private final Dense shortcut;
    private final GatLayer second;

    Gat(int features, RandomGenerator random) {
      this.first = new GatLayer(features, 4, WIDTH / 4, random);
      this.shortcut = Dense.glorot(features, WIDTH, random);
      this.second = new GatLayer(WIDTH, 1, WIDTH, random);
    }

    @Override
    public Tensor encode(Tensor features, Neighbourhoods edges) {
      Tensor h = first.apply(features, edges).add(shortcut.apply(features));
      return second.apply(h, edges).add(h);
    }

    @Override
    public List<Tensor> parameters() {
      List<Tensor> all = new ArrayList<>(first.parameters());
      all.addAll(shortcut.parameters());
      all.addAll(second.parameters());
      return all;
    }
  }

  /** The same widths and residuals with graph convolutions in the place of attention. */
  final class Gcn implements Encoder {
    private final GcnLayer first;
    private final Dense shortcut;
    private final GcnLayer second;

    Gcn(int features, RandomGenerator random) {
      this.first = new GcnLayer(features, WIDTH, random);
      this.shortcut = Dense.glorot(features, WIDTH, random);
      this.second = new GcnLayer(WIDTH, WIDTH, random);
    }

    @Override
    public Tensor encode(Tensor features, Neighbourhoods edges) {
      Tensor h = first.apply(features, edges).add(shortcut.apply(features));
      return second.apply(h, edges).add(h);
    }

    @Override
    public List<Tensor> parameters() {
      List<Tensor> all = new ArrayList<>(first.parameters());
      all.addAll(shortcut.parameters());
      all.addAll(second.parameters());
      return all;
    }
  }

  /** The same widths and residuals without the graph: each node on its own. */
  final class Mlp implements Encoder {
    private final Dense first;
    private final Dense shortcut;
    private final Dense second;

    Mlp(int features, RandomGenerator random) {
      this.first = Dense.glorot(features, WIDTH, random);
      this.shortcut = Dense.glorot(features, WIDTH, random);
      this.second = Dense.glorot(WIDTH, WIDTH, random);
    }

    @Override
    public Tensor encode(Tensor features, Neighbourhoods edges) {
      Tensor h = first.apply(features).elu(1).add(shortcut.apply(features));
      return second.apply(h).elu(1).add(h);
    }

    @Override
    public List<Tensor> parameters() {
      List<Tensor> all = new ArrayList<>(first.parameters());
      all.addAll(shortcut.parameters());
      all.addAll(second.parameters());
      return all;
    }
  }
}
