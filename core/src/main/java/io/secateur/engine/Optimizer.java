package io.secateur.engine;

import java.util.List;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.OptimizerOptions;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** A first-order optimiser over variables that were marked with {@link Tensor#requireGradient}. */
public final class Optimizer {
  private final org.bytedeco.pytorch.Optimizer raw;
  private final TensorVector variables;

  private Optimizer(org.bytedeco.pytorch.Optimizer raw, TensorVector variables) {
    this.raw = raw;
    this.variables = variables;
  }

  /** Adam (Kingma and Ba 2015) without weight decay. */
  public static Optimizer adam(
      List<Tensor> variables, double learningRate, double beta1, double beta2) {
    TensorVector vector = Autograd.vector(variables.toArray(new Tensor[0]));
    AdamOptions options = new AdamOptions(learningRate);
    // The pair is a C++ tuple, whose order in memory is the compiler's: some store the last first.
    DoublePointer betas = options.betas();
    int first = betas.get(0) < betas.get(1) ? 0 : 1;
    betas.put(first, beta1).put(1 - first, beta2);
    return new Optimizer(new org.bytedeco.pytorch.Adam(vector, options), vector);
  }

  /** Stochastic gradient descent with momentum. */
  public static Optimizer sgd(
      List<Tensor> variables,
      double learningRate,
      double momentum,
      double weightDecay,
      boolean nesterov) {
    TensorVector vector = Autograd.vector(variables.toArray(new Tensor[0]));
    SGDOptions options = new SGDOptions(learningRate);
    options.momentum().put(momentum);
    options.weight_decay().put(weightDecay);
    options.nesterov().put(nesterov);
    return new Optimizer(new org.bytedeco.pytorch.SGD(vector, options), vector);
  }

  /** Forgets the stored gradients. */
  public void zeroGradients() {
    raw.zero_grad();
  }

  /** Changes the variables along their stored gradients. */
  public void step() {
    raw.step();
  }

  /** Clears gradients, differentiates {@code loss} and steps. */
  public void minimise(Tensor loss) {
    zeroGradients();
    Autograd.backward(loss);
    step();
  }

  /** Scales gradients down so that their joint Euclidean norm is at most {@code limit}. */
  public void clipGradients(double limit) {
    torch.clip_grad_norm_(variables, limit);
  }

  /** Sets the learning rate from the next step on. */
  public void learningRate(double rate) {
    OptimizerOptions options = raw.param_groups().get(0).options();
    options.set_lr(rate);
  }
}
