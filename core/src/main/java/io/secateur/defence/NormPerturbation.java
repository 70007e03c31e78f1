package io.secateur.defence;

import io.secateur.engine.Autograd;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Hooks;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What an adversary does to batch norms: relative changes δ of γ and ξ of β, every one in [−ε, ε].
 * Tensors of the scope that was open.
 */
final class NormPerturbation {
  private final NormMasks masks;
  private final double epsilon;

  /** δ [C] of each batch norm, then ξ [C] of each, in the order of the masks. */
  private final List<Tensor> changes;

  private NormPerturbation(NormMasks masks, double epsilon, List<Tensor> changes) {
    this.masks = masks;
    this.epsilon = epsilon;
    this.changes = changes;
  }

  /** Uniform in [−ε, ε], of the batch norms that {@code masks} are on. */
  static NormPerturbation drawn(NormMasks masks, double epsilon, RandomGenerator random) {
    List<Tensor> changes = new ArrayList<>();
    for (int part = 0; part < 2; part++) {
      for (Tensor mask : masks.variables()) {
        float[] values = new float[Math.toIntExact(mask.elements())];
        for (int c = 0; c < values.length; c++) {
          values[c] = (float) random.nextDouble(-epsilon, epsilon);
        }
        changes.add(Tensor.of(values, values.length).requireGradient());
      }
    }
    return new NormPerturbation(masks, epsilon, changes);
  }

  /** One step of {@code size} along the signs of ∂loss/∂δ and ∂loss/∂ξ, and back into the box. */
  NormPerturbation ascended(Tensor loss, double size) {
    List<Tensor> gradients = Autograd.gradients(loss, changes);
    List<Tensor> moved = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      Tensor step = gradients.get(i).sign().mul(size);
      Tensor change = changes.get(i).detach();
      moved.add(
          Scope.withoutGradients(() -> change.add(step).clamp(-epsilon, epsilon))
              .requireGradient());
    }
    return new NormPerturbation(masks, epsilon, moved);
  }

  /** The network in training under the masks m and this: (m + δ)γ and (1 + ξ)β. */
  Hooks hooks() {
    List<Tensor> kept = masks.variables();
    List<Tensor> scales = new ArrayList<>();
    List<Tensor> shifts = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      scales.add(kept.get(i).add(changes.get(i)));
      shifts.add(changes.get(kept.size() + i).add(1));
    }
    return Hooks.TRAINING.withPerturbation(masks.named(scales), masks.named(shifts));
  }

  /** Largest |δ| or |ξ|. */
  double size() {
    return changes.stream().mapToDouble(change -> change.abs().max(0).item()).max().orElse(0);
  }
}
