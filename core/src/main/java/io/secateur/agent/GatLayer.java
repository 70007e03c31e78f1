package io.secateur.agent;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Graph attention: every node takes a weighted mean of what its neighbours and it itself say, with
 * weights that depend on both.
 *
 * <pre>
 * e_ij  = LeakyReLU₀.₂( a₁ᵀ W h_i + a₂ᵀ W h_j )      j in N(i) ∪ {i}
 * α_ij  = exp(e_ij) / Σ_k exp(e_ik)
 * h'_i  = ELU( Σ_j α_ij W h_j )                       heads side by side
 * </pre>
 *
 * Shapes: h [N, in], W [heads · width, in], a₁ and a₂ [heads, width], h' [N, heads · width]. Cost:
 * O(N · in · heads · width + E · heads · width).
 *
 * <p>Source: Veličković et al. 2018, "Graph attention networks", equations 1 to 5; a of the paper
 * is [a₁ ‖ a₂]. Differs from the paper in: no dropout, for there is no training set to fit too
 * well; a bias before the ELU, as in the authors' code.
 */
final class GatLayer {
  private static final double SLOPE = 0.2;

  private final int heads;
  private final int width;
  private final Dense project;
  private final Tensor attendCentre;
  private final Tensor attendNeighbour;

  GatLayer(int in, int heads, int width, RandomGenerator random) {
    this.heads = heads;
    this.width = width;
    this.project = Dense.glorot(in, heads * width, random);
    this.attendCentre = Dense.glorot(width, 1, random, heads, width);
    this.attendNeighbour = Dense.glorot(width, 1, random, heads, width);
  }

  /** h' [N, heads · width] of h [N, in]. */
  Tensor apply(Tensor h, Neighbourhoods edges) {
    return aggregate(project(h), edges).elu(1);
  }

  /** W h as [N, heads, width]. */
  Tensor project(Tensor h) {
    return project.apply(h).reshape(h.size(0), heads, width);
  }

  /** a₁ᵀ W h_i [N, heads] of W h [N, heads, width]. */
  Tensor scoreAsCentre(Tensor projected) {
    return projected.mul(attendCentre).sum(2L);
  }

  /** a₂ᵀ W h_j [N, heads] of W h [N, heads, width]. */
  Tensor scoreAsNeighbour(Tensor projected) {
    return projected.mul(attendNeighbour).sum(2L);
  }

  private Tensor aggregate(Tensor projected, Neighbourhoods edges) {
    Tensor centres = edges.centres();
    Tensor neighbours = edges.neighbours();
    int nodes = edges.nodes();

    // e_ij = LeakyReLU( a₁ᵀ W h_i + a₂ᵀ W h_j ), one row per pair
    Tensor e =
        scoreAsCentre(projected)
            .indexSelect(0, centres)
            .add(scoreAsNeighbour(projected).indexSelect(0, neighbours))
            .leakyRelu(SLOPE);

    // α_ij = exp(e_ij − m_i) / Σ_k exp(e_ik − m_i), m_i = max_k e_ik, which cancels
    Tensor largest =
        Scope.withoutGradients(
            () ->
                Tensor.full(Double.NEGATIVE_INFINITY, nodes, heads)
                    .indexMax(0, centres, e)
                    .indexSelect(0, centres));
    Tensor exponential = e.sub(largest).exp();
    Tensor sums = Tensor.zeros(nodes, heads).indexAdd(0, centres, exponential);

    // Σ_j α_ij W h_j; the division is the same for all j and comes last
    Tensor said =
        projected
            .indexSelect(0, neighbours)
            .mul(exponential.unsqueeze(2))
            .reshape(-1, (long) heads * width);
    return Tensor.zeros(nodes, (long) heads * width)
        .indexAdd(0, centres, said)
        .reshape(nodes, heads, width)
        .div(sums.unsqueeze(2))
        .reshape(nodes, (long) heads * width);
  }

  List<Tensor> parameters() {
    return List.of(
        project.parameters().get(0), project.parameters().get(1), attendCentre, attendNeighbour);
  }
}
