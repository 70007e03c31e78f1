package io.secateur.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Derivatives by reverse-mode differentiation. */
public final class Autograd {
  private Autograd() {}

  /** What becomes of the record of operations once derivatives were taken along it. */
  public enum Tape {
    /** Freed: nothing more can be derived from the same loss. */
    FREED,
    /** Kept for further derivatives of the same loss. */
    KEPT,
    /** Kept, and the derivatives are recorded too, so that they can be differentiated. */
    EXTENDED
  }

  /** Adds ∂loss/∂v to the gradient of every variable v that the scalar {@code loss} depends on. */
  public static void backward(Tensor loss) {
    loss.raw().backward();
  }

  /**
   * ∂loss/∂v for each of {@code variables}, without touching stored gradients. Zeros where
   * independent.
   */
  public static List<Tensor> gradients(Tensor loss, List<Tensor> variables) {
    return gradients(loss, variables, Tape.FREED);
  }

  /** The same, with a choice of what becomes of the record of operations. */
  public static List<Tensor> gradients(Tensor loss, List<Tensor> variables, Tape tape) {
    TensorVector grads =
        torch.grad(
            vector(loss),
            vector(variables.toArray(new Tensor[0])),
            new TensorVector(),
            new BoolOptional(tape != Tape.FREED),
            tape == Tape.EXTENDED,
            true);
    List<Tensor> result = new ArrayList<>(variables.size());
    for (int i = 0; i < variables.size(); i++) {
      org.bytedeco.pytorch.Tensor grad = grads.get(i);
      result.add(grad.defined() ? new Tensor(grad) : variables.get(i).detach().mul(0.0));
    }
    return result;
  }

  /**
   * Runs {@code body} in mixed precision: convolutions and matrix products in bfloat16, the rest in
   * float32. Take losses outside, in float32.
   */
  public static <T> T mixedPrecision(Supplier<T> body) {
    torch.set_autocast_dtype(DeviceType.CPU, ScalarType.BFloat16);
    torch.set_autocast_enabled(DeviceType.CPU, true);
    try {
      return body.get();
    } finally {
      torch.clear_cache();
      torch.set_autocast_enabled(DeviceType.CPU, false);
    }
  }

  static TensorVector vector(Tensor... tensors) {
    TensorVector vector = new TensorVector();
    for (Tensor tensor : tensors) {
      vector.push_back(tensor.raw());
    }
    return vector;
  }
}
