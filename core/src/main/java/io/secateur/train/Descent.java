package io.secateur.train;

import io.secateur.engine.Optimizer;
import io.secateur.engine.Tensor;
import java.util.List;

/** How weights follow their gradients. */
public sealed interface Descent {

  /** An optimiser of this kind over {@code variables}, whose rate is set before each step. */
  Optimizer over(List<Tensor> variables);

  /**
   * Stochastic gradient descent, with Nesterov's look ahead if there is momentum.
   *
   * @param momentum in [0, 1)
   * @param weightDecay factor of the L2 penalty, put on every variable, in [0, 1)
   */
  record Sgd(double momentum, double weightDecay) implements Descent {
    /** The customary one for small images: momentum 0.9, weight decay 5·10⁻⁴. */
    public static final Sgd CUSTOMARY = new Sgd(0.9, 5e-4);

    /** Rejects values out of range. */
    public Sgd {
      requireShare("momentum", momentum);
      requireShare("weightDecay", weightDecay);
    }

    @Override
    public Optimizer over(List<Tensor> variables) {
      return Optimizer.sgd(variables, 0, momentum, weightDecay, momentum > 0);
    }
  }

  /**
   * Adam (Kingma and Ba 2015).
   *
   * @param beta1 decay of the mean, in [0, 1)
   * @param beta2 decay of the mean square, in [0, 1)
   */
  record Adam(double beta1, double beta2) implements Descent {
    /** Rejects values out of range. */
    public Adam {
      requireShare("beta1", beta1);
      requireShare("beta2", beta2);
    }

    @Override
    public Optimizer over(List<Tensor> variables) {
      return Optimizer.adam(variables, 0, beta1, beta2);
    }
  }

  private static void requireShare(String name, double value) {
    if (!(value >= 0 && value < 1)) {
      throw new IllegalArgumentException(name + " must be in [0, 1), got " + value);
    }
  }
}
