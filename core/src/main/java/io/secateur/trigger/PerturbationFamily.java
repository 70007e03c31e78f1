package io.secateur.trigger;

import io.secateur.nn.FeatureShape;

/** Ways to change every image alike, other than by a patch. */
public sealed interface PerturbationFamily {
  /** The family's changes of images of {@code shape}. */
  Perturbation on(FeatureShape shape);

  /** The same values added to every image; sizes are Euclidean lengths over all channels. */
  record Additions() implements PerturbationFamily {
    @Override
    public Perturbation on(FeatureShape shape) {
      return new Perturbation.Addition(shape);
    }
  }

  /**
   * Every image warped alike, smoothly; sizes are root mean squares of the distances, in pixels.
   *
   * @param k side of the control grid, at least 2
   */
  record Warps(int k) implements PerturbationFamily {
    /** Rejects grids that cannot be interpolated. */
    public Warps {
      Checks.require(k >= 2 && k <= 64, "k", k, "2 to 64");
    }

    @Override
    public Perturbation on(FeatureShape shape) {
      return new Perturbation.Warping(shape, k);
    }
  }
}
