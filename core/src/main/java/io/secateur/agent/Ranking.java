package io.secateur.agent;

import io.secateur.graph.ChannelGraph;
import io.secateur.graph.ConnectionStrength;
import io.secateur.nn.Channel;
import io.secateur.prune.PruningSpace;
import java.util.random.RandomGenerator;

/** Rules that say in which order to prune without trying anything. */
public enum Ranking {
  /** The channels that triggers change most come first. */
  ACTIVATION_CHANGE {
    @Override
    double[] scores(PruningProblem problem, RandomGenerator random) {
      ChannelGraph edgeless = ChannelGraph.edgeless(problem.space().size());
      float[] change =
          UnitFeatures.of(
                  problem.network(),
                  problem.space(),
                  edgeless,
                  problem.clean().tune(),
                  problem.proxies(),
                  problem.target())
              .activationChange();
      double[] scores = new double[change.length];
      for (int unit = 0; unit < scores.length; unit++) {
        scores[unit] = Math.abs(change[unit]);
      }
      return scores;
    }
  },

  /** The channels of the largest Lipschitz bound, over their layer's mean, come first. */
  LIPSCHITZ {
    @Override
    double[] scores(PruningProblem problem, RandomGenerator random) {
      PruningSpace space = problem.space();
      ConnectionStrength strength = new ConnectionStrength(problem.network());
      double[] bounds = new double[space.size()];
      for (int unit = 0; unit < bounds.length; unit++) {
        for (Channel writer : strength.writers(space.units().get(unit))) {
          bounds[unit] = Math.max(bounds[unit], LipschitzBound.of(problem.network(), writer));
        }
      }
      return overMeanOfLayer(bounds, space);
    }
  },

  /** The channels of the smallest magnitude come first, as where networks are made smaller. */
  MAGNITUDE {
    @Override
    double[] scores(PruningProblem problem, RandomGenerator random) {
      double[] magnitudes = new ConnectionStrength(problem.network()).magnitudes(problem.space());
      double[] scores = overMeanOfLayer(magnitudes, problem.space());
      for (int unit = 0; unit < scores.length; unit++) {
        scores[unit] = -scores[unit];
      }
      return scores;
    }
  },

  /** No rule at all. */
  RANDOM {
    @Override
    double[] scores(PruningProblem problem, RandomGenerator random) {
      return random.doubles(problem.space().size()).toArray();
    }
  };

  /** A score per unit; the highest is pruned first. */
  abstract double[] scores(PruningProblem problem, RandomGenerator random);

  private static double[] overMeanOfLayer(double[] values, PruningSpace space) {
    double[] shares = values.clone();
    for (var units : space.layers().values()) {
      double mean = units.stream().mapToDouble(unit -> values[unit]).average().orElse(0);
      for (int unit : units) {
        shares[unit] = mean > 0 ? values[unit] / mean : 0;
      }
    }
    return shares;
  }
}
