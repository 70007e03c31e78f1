package io.secateur.defence;

import io.secateur.engine.Autograd;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Interpreter;
import io.secateur.train.Objective;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Adaptive sharpness-aware minimisation of another objective L over all weights w of the network:
 *
 * <pre>
 *   ε = ρ · w² ∇L(w) / ‖ |w| ∇L(w) ‖₂        element by element, the norm over all weights together
 *   w is moved along ∇L(w + ε)
 * </pre>
 *
 * ε goes up the steepest way on the ellipsoid ‖ε / w‖₂ = ρ, so weights that are nought stay so. The
 * value is L(w). Batch norm takes its running statistics from the pass at w alone.
 *
 * <p>Source: Foret et al., "Sharpness-Aware Minimization for Efficiently Improving Generalization",
 * ICLR 2021; Kwon et al., "ASAM", ICML 2021, equation 8.
 */
final class SharpnessAware implements Objective {
  private static final double NORM_EPSILON = 1e-12;

  private final Objective objective;
  private final double rho;

  SharpnessAware(Objective objective, double rho) {
    this.objective = objective;
    this.rho = rho;
  }

  @Override
  public Tensor loss(Step step) {
    List<Tensor> weights = step.network().parameters();
    Tensor loss = objective.loss(step);
    List<Tensor> perturbation = perturbation(weights, Autograd.gradients(loss, weights), rho);
    Map<Tensor, Tensor> before = new LinkedHashMap<>();
    weights.forEach(weight -> before.put(weight, weight.detach().copy()));
    statistics(step.network()).forEach(values -> before.put(values, values.copy()));
    for (int i = 0; i < weights.size(); i++) {
      weights.get(i).addInPlace(perturbation.get(i));
    }
    List<Tensor> gradients = Autograd.gradients(objective.loss(step), weights);
    before.forEach(Tensor::assign);
    return PrescribedGradient.of(loss, weights, gradients);
  }

  /** ε for each of {@code weights}, from their gradients. */
  static List<Tensor> perturbation(List<Tensor> weights, List<Tensor> gradients, double rho) {
    return Scope.withoutGradients(
        () -> {
          double squares = 0;
          for (int i = 0; i < weights.size(); i++) {
            squares += weights.get(i).mul(gradients.get(i)).square().sum().item();
          }
          double scale = rho / (Math.sqrt(squares) + NORM_EPSILON);
          List<Tensor> perturbation = new ArrayList<>();
          for (int i = 0; i < weights.size(); i++) {
            perturbation.add(weights.get(i).square().mul(gradients.get(i)).mul(scale));
          }
          return perturbation;
        });
  }

  private static List<Tensor> statistics(Interpreter network) {
    return network.network().architecture().requiredTensors().keySet().stream()
        .filter(name -> name.endsWith(".running_mean") || name.endsWith(".running_var"))
        .map(network::parameter)
        .toList();
  }
}
