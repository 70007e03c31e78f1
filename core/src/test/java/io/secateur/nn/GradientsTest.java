package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Autograd;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Derivatives of the loss with respect to everything that methods change, against central
 * differences. The network is smooth (ELU, mean pooling), so that differences mean something.
 */
class GradientsTest {
  private static final FeatureShape SHAPE = new FeatureShape(3, 8, 8);
  private static final float[] IMAGES = RandomNetworks.images(SHAPE, 4, 1);

  private static Network network() {
    ArchitectureBuilder net = new ArchitectureBuilder("smooth", SHAPE);
    String x = net.conv("conv1", net.input(), 6, 3, 1, 1, false);
    String skip = net.add("elu1", new Layer.Elu(1), net.batchNorm("bn1", x));
    x = net.conv("conv2", skip, 6, 3, 1, 1, true);
    x = net.add("elu2", new Layer.Elu(1), net.batchNorm("bn2", x));
    x = net.add("pool", new Layer.GlobalAveragePool(), net.add("add", new Layer.Add(), x, skip));
    net.linear("linear", net.add("flat", new Layer.Flatten(), x), 4);
    return RandomNetworks.of(net.build(), 2);
  }

  private static Tensor images() {
    return Tensor.of(IMAGES, 4, 3, 8, 8);
  }

  private static Tensor loss(Tensor logits) {
    return Ops.crossEntropy(logits, Tensor.of(0, 1, 2, 3));
  }

  /** Compares the gradient at {@code at} with differences along three random directions. */
  private static void check(UnaryOperator<Tensor> loss, float[] at, long... shape) {
    Random random = new Random(3);
    try (Scope scope = Scope.open()) {
      Tensor variable = Tensor.of(at, shape).requireGradient();
      Tensor gradient = Autograd.gradients(loss.apply(variable), List.of(variable)).get(0);
      float[] slope = gradient.toFloats();
      for (int trial = 0; trial < 3; trial++) {
        float[] direction = new float[at.length];
        double expected = 0;
        double norm = 0;
        for (int i = 0; i < at.length; i++) {
          direction[i] = (float) random.nextGaussian() + Math.signum(slope[i]);
          expected += direction[i] * slope[i];
          norm += direction[i] * direction[i];
        }
        double step = 0.01 / Math.sqrt(norm);
        double ahead = loss.apply(Tensor.of(moved(at, direction, step), shape)).item();
        double behind = loss.apply(Tensor.of(moved(at, direction, -step), shape)).item();
        double scale = Math.abs(expected) + 0.05 * Math.sqrt(norm);
        assertThat((ahead - behind) / (2 * step)).isCloseTo(expected, within(0.02 * scale));
      }
    }
  }

  private static float[] moved(float[] at, float[] direction, double step) {
    float[] moved = at.clone();
    for (int i = 0; i < at.length; i++) {
      moved[i] += (float) (step * direction[i]);
    }
    return moved;
  }

  @Test
  void with_respect_to_images_through_the_folded_network() {
    try (Scope scope = Scope.open()) {
      Interpreter folded = Interpreter.evaluating(network());
      check(images -> loss(folded.forward(images)), IMAGES, 4, 3, 8, 8);
    }
  }

  @Test
  void with_respect_to_masks_through_the_folded_network_from_its_boundary() {
    try (Scope scope = Scope.open()) {
      Interpreter folded = Interpreter.evaluating(network());
      Map<String, Tensor> cached = folded.activations(images(), folded.boundary(Set.of("bn2")));
      check(
          mask -> loss(folded.resume(cached, Hooks.masked(Map.of("bn2", mask)))),
          new float[] {1, 0.5f, 0, 1, 1, 0.2f},
          6);
    }
  }

  @Test
  void with_respect_to_multipliers_of_gamma_and_beta() {
    try (Scope scope = Scope.open()) {
      Interpreter unfolded = Interpreter.unfolded(network());
      float[] ones = {1, 1, 1, 1, 1, 1};
      check(
          scale ->
              loss(
                  unfolded.forward(
                      images(), Hooks.NONE.withPerturbation(Map.of("bn1", scale), Map.of()))),
          ones,
          6);
      check(
          shift ->
              loss(
                  unfolded.forward(
                      images(), Hooks.NONE.withPerturbation(Map.of(), Map.of("bn1", shift)))),
          ones,
          6);
    }
  }

  @Test
  void with_respect_to_every_weight_in_training_mode() {
    Network network = network();
    for (String name :
        List.of("conv1.weight", "bn1.weight", "bn1.bias", "linear.weight", "linear.bias")) {
      try (Scope scope = Scope.open()) {
        Interpreter training = Interpreter.training(network);
        Tensor variable = training.parameter(name);
        float[] at = variable.toFloats();
        Tensor loss = loss(training.forward(images(), Hooks.TRAINING));
        float[] slope = Autograd.gradients(loss, List.of(variable)).get(0).toFloats();
        double squares = 0;
        for (float value : slope) {
          squares += value * value;
        }
        double step = 0.01 / Math.sqrt(squares);
        variable.assign(Tensor.of(moved(at, slope, step), variable.shape()));
        double ahead = loss(training.forward(images(), Hooks.TRAINING)).item();
        variable.assign(Tensor.of(moved(at, slope, -step), variable.shape()));
        double behind = loss(training.forward(images(), Hooks.TRAINING)).item();
        assertThat((ahead - behind) / (2 * step))
            .as(name)
            .isCloseTo(squares, within(0.03 * squares));
      }
    }
  }

  @Test
  void a_variable_that_plays_no_part_has_gradient_nought() {
    try (Scope scope = Scope.open()) {
      Tensor idle = Tensor.full(1, 3).requireGradient();
      Tensor used = Tensor.full(2, 3).requireGradient();
      List<Tensor> gradients = Autograd.gradients(used.square().sum(), List.of(idle, used));
      assertThat(gradients.get(0).toFloats()).containsExactly(0, 0, 0);
      assertThat(gradients.get(1).toFloats()).containsExactly(4, 4, 4);
    }
  }
}
