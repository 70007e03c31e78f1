package io.secateur.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * A first-order optimiser over variables that were marked with {@link Tensor#requireGradient}. What
 * it remembers from step to step can be taken out and put back, so that a training interrupted
 * between two steps goes on bit by bit; the optimisers of the library below hide theirs.
 */
public abstract sealed class Optimizer {
  private final List<Tensor> variables;
  private double learningRate;
  private long steps;

  private Optimizer(List<Tensor> variables, double learningRate) {
    this.variables = List.copyOf(variables);
    this.learningRate = learningRate;
  }

  /**
   * Stochastic gradient descent with momentum μ and weight decay λ (Sutskever et al. 2013, in
   * PyTorch's form). With g' = g + λw: v ← μv + g'; w ← w − η(g' + μv) with Nesterov's look ahead,
   * w ← w − ηv without.
   */
  public static Optimizer sgd(
      List<Tensor> variables,
      double learningRate,
      double momentum,
      double weightDecay,
      boolean nesterov) {
    return new Sgd(variables, learningRate, momentum, weightDecay, nesterov);
  }

  /**
   * Adam (Kingma and Ba 2015) without weight decay: m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; w ←
   * w − η m̂ / (√v̂ + 10⁻⁸) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
   */
  public static Optimizer adam(
      List<Tensor> variables, double learningRate, double beta1, double beta2) {
    return new Adam(variables, learningRate, beta1, beta2);
  }

  /** One step down the gradient of the scalar {@code loss}. */
  public void minimise(Tensor loss) {
    step(Autograd.gradients(loss, variables));
  }

  /**
   * The same with all gradients scaled down so that their joint Euclidean norm is at most {@code
   * limit}.
   */
  public void minimise(Tensor loss, double limit) {
    List<Tensor> gradients = Autograd.gradients(loss, variables);
    double square = 0;
    for (Tensor gradient : gradients) {
      square += gradient.square().sum().item();
    }
    double scale = limit / (Math.sqrt(square) + 1e-6);
    step(scale < 1 ? gradients.stream().map(g -> g.mul(scale)).toList() : gradients);
  }

  /** One step along the gradients of all variables, in their order. */
  public void step(List<Tensor> gradients) {
    steps++;
    Scope.withoutGradients(
        () -> {
          for (int i = 0; i < variables.size(); i++) {
            move(i, variables.get(i), gradients.get(i));
          }
          return null;
        });
  }

  /** Changes one variable in place along its gradient. */
  abstract void move(int i, Tensor variable, Tensor gradient);

  /** What is remembered between steps, beside their number. */
  abstract List<Tensor> memory();

  /** Sets the learning rate from the next step on. */
  public void learningRate(double rate) {
    learningRate = rate;
  }

  double learningRate() {
    return learningRate;
  }

  /** Number of steps done. */
  public long steps() {
    return steps;
  }

  /** What is remembered between steps, as plain numbers, in a fixed order. */
  public List<float[]> state() {
    return memory().stream().map(Tensor::toFloats).toList();
  }

  /** Goes on from where another optimiser of the same variables was. */
  public void restore(long stepsDone, List<float[]> state) {
    List<Tensor> memory = memory();
    if (state.size() != memory.size()) {
      throw new IllegalArgumentException(
          state.size() + " arrays are not the memory of " + memory.size() + " tensors");
    }
    for (int i = 0; i < memory.size(); i++) {
      Tensor remembered = memory.get(i);
      float[] values = state.get(i);
      Scope.run(() -> remembered.assign(Tensor.of(values, remembered.shape())));
    }
    steps = stepsDone;
  }

  private static List<Tensor> zeros(List<Tensor> variables) {
    // Copies of the variables, so that they lie in memory as those do.
    List<Tensor> zeros = new ArrayList<>();
    for (Tensor variable : variables) {
      zeros.add(Scope.withoutGradients(() -> variable.detach().copy().mulInPlace(0)));
    }
    return zeros;
  }

  private static final class Sgd extends Optimizer {
    private final double momentum;
    private final double weightDecay;
    private final boolean nesterov;
    private final List<Tensor> velocity;

    Sgd(
        List<Tensor> variables,
        double learningRate,
        double momentum,
        double weightDecay,
        boolean nesterov) {
      super(variables, learningRate);
      this.momentum = momentum;
      this.weightDecay = weightDecay;
      this.nesterov = nesterov;
      this.velocity = momentum == 0 ? List.of() : zeros(variables);
    }

    @Override
    void move(int i, Tensor variable, Tensor gradient) {
      Tensor down = weightDecay == 0 ? gradient : gradient.add(variable.detach(), weightDecay);
      if (momentum != 0) {
        Tensor v = velocity.get(i);
        v.decayAndAddInPlace(momentum, down);
        down = nesterov ? down.add(v, momentum) : v;
      }
      variable.addInPlace(down, -learningRate());
    }

    @Override
    List<Tensor> memory() {
      return velocity;
    }
  }

  private static final class Adam extends Optimizer {
    private static final double EPSILON = 1e-8;

    private final double beta1;
    private final double beta2;
    private final List<Tensor> mean;
    private final List<Tensor> square;

    Adam(List<Tensor> variables, double learningRate, double beta1, double beta2) {
      super(variables, learningRate);
      this.beta1 = beta1;
      this.beta2 = beta2;
      this.mean = zeros(variables);
      this.square = zeros(variables);
    }

    @Override
    void move(int i, Tensor variable, Tensor gradient) {
      Tensor m = mean.get(i);
      Tensor v = square.get(i);
      m.mulInPlace(beta1).addInPlace(gradient.mul(1 - beta1));
      v.mulInPlace(beta2).addInPlace(gradient.square().mul(1 - beta2));
      Tensor deviation = v.sqrt().div(Math.sqrt(1 - Math.pow(beta2, steps()))).add(EPSILON);
      double rate = learningRate() / (1 - Math.pow(beta1, steps()));
      variable.addInPlace(m.div(deviation).mul(-rate));
    }

    @Override
    List<Tensor> memory() {
      List<Tensor> all = new ArrayList<>(mean);
      all.addAll(square);
      return all;
    }
  }
}
