package io.secateur.train;

/** Learning rate as a function of the step. */
public sealed interface Schedule {

  /**
   * The rate of one step.
   *
   * @param step from 0
   * @param steps of the whole training, more than {@code step}
   */
  double rate(long step, long steps);

  /** The same rate always. */
  record Constant(double value) implements Schedule {
    /** Rejects a rate that is not positive. */
    public Constant {
      requireRate(value);
    }

    @Override
    public double rate(long step, long steps) {
      return value;
    }
  }

  /** From {@code peak} to 0 along half a cosine: peak (1 + cos(π t/T)) / 2. */
  record Cosine(double peak) implements Schedule {
    /** Rejects a rate that is not positive. */
    public Cosine {
      requireRate(peak);
    }

    @Override
    public double rate(long step, long steps) {
      return between(peak, 0, (double) step / steps);
    }
  }

  /**
   * Begins at {@code start} and is multiplied by {@code factor} each time that another {@code
   * every} of the training is over.
   *
   * @param every share of the training in (0, 1]
   */
  record Step(double start, double factor, double every) implements Schedule {
    /** Rejects rates that are not positive and shares outside (0, 1]. */
    public Step {
      requireRate(start);
      requireRate(factor);
      requireShare("every", every);
    }

    @Override
    public double rate(long step, long steps) {
      double share = (double) step / steps;
      return start * Math.pow(factor, Math.floor(share / every + 1e-9));
    }
  }

  /**
   * {@code start} at first, {@code start · factor} once a share {@code after} of the training is
   * over.
   *
   * @param after share of the training in (0, 1]
   */
  record Drop(double start, double factor, double after) implements Schedule {
    /** Rejects rates that are not positive and shares outside (0, 1]. */
    public Drop {
      requireRate(start);
      requireRate(factor);
      requireShare("after", after);
    }

    @Override
    public double rate(long step, long steps) {
      return (double) step / steps < after - 1e-9 ? start : start * factor;
    }
  }

  /**
   * Up to {@code peak} and down again, each along half a cosine (Smith and Topin 2018, in PyTorch's
   * form): from peak / 10 to the peak during {@code warmUp}, then to peak / 1000.
   *
   * @param warmUp share of the training in (0, 1]
   */
  record OneCycle(double peak, double warmUp) implements Schedule {
    /** Rejects a rate that is not positive and a share outside (0, 1]. */
    public OneCycle {
      requireRate(peak);
      requireShare("warmUp", warmUp);
    }

    /** With a warm-up of 30 %. */
    public OneCycle(double peak) {
      this(peak, 0.3);
    }

    @Override
    public double rate(long step, long steps) {
      double top = warmUp * steps - 1;
      double last = steps - 1.0;
      if (step <= top) {
        return between(peak / 10, peak, top <= 0 ? 1 : step / top);
      }
      return between(peak, peak / 1000, last <= top ? 1 : (step - top) / (last - top));
    }
  }

  /** From one value to another along half a cosine. */
  private static double between(double from, double to, double share) {
    return to + (from - to) * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, share)))) / 2;
  }

  private static void requireRate(double value) {
    if (!(value > 0 && value <= 10)) {
      throw new IllegalArgumentException("rates must be in (0, 10], got " + value);
    }
  }

  private static void requireShare(String name, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new IllegalArgumentException(name + " must be in (0, 1], got " + value);
    }
  }
}
