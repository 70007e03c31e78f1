package io.secateur.agent;

import io.secateur.engine.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Graph convolution: every node takes a mean of what its neighbours and it itself say, weighted by
 * their degrees.
 *
 * <pre>h'_i = ELU( Σ_j (d_i d_j)^−½ (W h_j + b) )      j in N(i) ∪ {i},  d_i = |N(i)| + 1</pre>
 *
 * Shapes: h [N, in], W [width, in], h' [N, width]. Cost: O(N · in · width + E · width).
 *
 * <p>Source: Kipf and Welling 2017, "Semi-supervised classification with graph convolutional
 * networks", equation 2. Differs from the paper in: ELU in the place of ReLU, as in {@link
 * GatLayer}, and a bias.
 */
final class GcnLayer {
  private final Dense project;

  GcnLayer(int in, int width, RandomGenerator random) {
    this.project = Dense.glorot(in, width, random);
  }

  /** h' [N, width] of h [N, in]. */
  Tensor apply(Tensor h, Neighbourhoods edges) {
    Tensor said = project.apply(h);
    Tensor centres = edges.centres();
    Tensor ones = Tensor.full(1, centres.size(0), 1);
    Tensor degrees = Tensor.zeros(edges.nodes(), 1).indexAdd(0, centres, ones);
    Tensor weights = Tensor.full(1, edges.nodes(), 1).div(degrees.sqrt());
    Tensor heard = said.mul(weights).indexSelect(0, edges.neighbours());
    return Tensor.zeros(edges.nodes(), said.size(1))
        .indexAdd(0, centres, heard)
        .mul(weights)
        .elu(1);
  }

  List<Tensor> parameters() {
    return project.parameters();
  }
}
