package io.secateur.trigger;

import io.secateur.nn.Network;

/** Ways to change every image alike, other than by a patch, or what the network makes of it. */
public sealed interface PerturbationFamily {
  /** The family's changes of what {@code network} reads. */
  Perturbation on(Network network);

  /** The same values added to every image; sizes are Euclidean lengths over all channels. */
  record Additions() implements PerturbationFamily {
    @Override
    public Perturbation on(Network network) {
      return new Perturbation.Addition(network.architecture().input());
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
    public Perturbation on(Network network) {
      return new Perturbation.Warping(network.architecture().input(), k);
    }
  }

  /**
   * Channels raised alike on all images, those of the batch norms of the last stage but one; sizes
   * are root mean squares over channels, each in units of its own scale.
   */
  record Shifts() implements PerturbationFamily {
    @Override
    public Perturbation on(Network network) {
      return new Perturbation.Shifting(network, ChannelStimulation.norms(network));
    }
  }
}
