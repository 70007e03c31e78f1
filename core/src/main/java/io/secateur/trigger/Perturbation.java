package io.secateur.trigger;

import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A family of triggers with parameters θ whose size is a norm of θ: twice θ changes twice as much,
 * so that scaling θ projects it onto a ball.
 */
public sealed interface Perturbation {
  /** Shape of θ. */
  long[] shape();

  /** Images [N, C, H, W] in [0, 1] changed by θ, in [0, 1]; differentiable in θ. */
  default Tensor apply(Tensor images, Tensor theta) {
    return images;
  }

  /** What θ adds inside the network, see {@link Hooks#additions}; differentiable in θ. */
  default Map<String, Tensor> additions(Tensor theta) {
    return Map.of();
  }

  /** θ to begin with in a ball of {@code radius}: random and small beside it. */
  default Tensor start(double radius, SplittableRandom random) {
    Tensor drawn = drawn(shape(), -1, 1, random);
    return drawn.mul(PerturbationSearch.SMALL * radius / size(drawn));
  }

  /** Radius of the first ball of a search that is to end in one of {@code radius}. */
  default double first(double radius) {
    return PerturbationSearch.WIDER * radius;
  }

  private static Tensor drawn(long[] shape, double low, double high, SplittableRandom random) {
    int count = 1;
    for (long side : shape) {
      count *= (int) side;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return Tensor.of(values, shape);
  }

  /** {@link Trigger#norm} of what θ does. */
  double size(Tensor theta);

  /** θ as a trigger. */
  Trigger trigger(float[] theta);

  /**
   * θ of a trigger of this family, to go on from; empty where that does not pay.
   *
   * @throws IllegalArgumentException if it is of another
   */
  Optional<float[]> parameters(Trigger trigger);

  /** x' = clip(x + θ, 0, 1). */
  record Addition(FeatureShape images) implements Perturbation {
    @Override
    public long[] shape() {
      return images.batch(1);
    }

    @Override
    public Tensor apply(Tensor x, Tensor theta) {
      return x.add(theta).clamp(0, 1);
    }

    @Override
    public double size(Tensor theta) {
      return Math.sqrt(theta.detach().square().sum().item());
    }

    @Override
    public Trigger trigger(float[] theta) {
      float[] delta = new float[theta.length];
      for (int i = 0; i < theta.length; i++) {
        delta[i] = Math.max(-1, Math.min(1, theta[i]));
      }
      return new Trigger.Additive(delta, images.height(), images.width());
    }

    @Override
    public Optional<float[]> parameters(Trigger trigger) {
      if (trigger instanceof Trigger.Additive additive) {
        return Optional.of(additive.delta());
      }
      throw new IllegalArgumentException(trigger + " is no addition");
    }
  }

  /** Every pixel read beside its place; θ is a control grid [1, 2, k, k] in pixels. */
  record Warping(FeatureShape images, int k) implements Perturbation {
    @Override
    public long[] shape() {
      return new long[] {1, 2, k, k};
    }

    @Override
    public Tensor apply(Tensor x, Tensor theta) {
      return WarpField.of(theta, images.height(), images.width()).sample(x);
    }

    @Override
    public double size(Tensor theta) {
      return WarpField.of(theta.detach(), images.height(), images.width()).size();
    }

    @Override
    public Trigger trigger(float[] theta) {
      return new Trigger.Warp(theta, images.height(), images.width());
    }

    @Override
    public Optional<float[]> parameters(Trigger trigger) {
      if (trigger instanceof Trigger.Warp warp) {
        return Optional.of(warp.control());
      }
      throw new IllegalArgumentException(trigger + " is no warp");
    }
  }

  /**
   * Channels raised in units of their scale; θ [channels] of all {@code norms}, one after the
   * other. A search begins with all of them raised: the channels of a backdoor sleep on clean
   * images, far below the rectifier, and a small raise that does not wake them has no gradient.
   *
   * @param network whose channels are raised
   * @param norms its batch norms to which they belong
   */
  record Shifting(Network network, List<Node> norms) implements Perturbation {
    /** Copies the list. */
    public Shifting {
      norms = List.copyOf(norms);
    }

    @Override
    public long[] shape() {
      return new long[] {norms.stream().mapToInt(norm -> norm.output().channels()).sum()};
    }

    @Override
    public Map<String, Tensor> additions(Tensor theta) {
      Map<String, Tensor> additions = new LinkedHashMap<>();
      int at = 0;
      for (Node norm : norms) {
        int channels = norm.output().channels();
        Tensor scale = Trigger.Shift.scale(network, norm.name());
        additions.put(norm.name(), theta.narrow(0, at, channels).mul(scale));
        at += channels;
      }
      return additions;
    }

    /** All raised, each a little differently, as far as the ball allows. */
    @Override
    public Tensor start(double radius, SplittableRandom random) {
      Tensor drawn = drawn(shape(), 0.5, 1.5, random);
      return drawn.mul(radius / size(drawn));
    }

    /** Every channel by its own scale, which wakes most. */
    @Override
    public double first(double radius) {
      return Math.max(1, radius);
    }

    @Override
    public double size(Tensor theta) {
      return Math.sqrt(theta.detach().square().mean().item());
    }

    @Override
    public Trigger trigger(float[] theta) {
      Map<String, float[]> raises = new LinkedHashMap<>();
      int at = 0;
      for (Node norm : norms) {
        int channels = norm.output().channels();
        raises.put(norm.name(), Arrays.copyOfRange(theta, at, at + channels));
        at += channels;
      }
      FeatureShape images = network.architecture().input();
      return new Trigger.Shift(raises, images.height(), images.width());
    }

    /** None: where its channels are gone others have to be found, which sleep as well. */
    @Override
    public Optional<float[]> parameters(Trigger trigger) {
      if (trigger instanceof Trigger.Shift) {
        return Optional.empty();
      }
      throw new IllegalArgumentException(trigger + " is no shift");
    }
  }
}
