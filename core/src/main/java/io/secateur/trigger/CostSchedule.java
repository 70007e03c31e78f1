package io.secateur.trigger;

/**
 * The weight λ of the norm in Neural Cleanse, and when to stop: raised while the trigger works,
 * lowered while it does not, so that the search walks along the border of success.
 *
 * <p>Starts at 0 if {@code zeroStart}, until success has held for {@code patience} steps, else at
 * {@code initial}. Success held for {@code patience} steps multiplies λ by {@code up}, failure for
 * as many divides it by {@code down}. After at least one rise and one fall, {@code stopPatience}
 * steps without a best norm below 99 % of the previous best end the search.
 */
final class CostSchedule {
  private static final double IMPROVEMENT = 0.99;

  private final NeuralCleanse.Settings settings;
  private double cost;
  private int setCounter;
  private int upCounter;
  private int downCounter;
  private boolean rose;
  private boolean fell;
  private double stopReference = Double.POSITIVE_INFINITY;
  private int stopCounter;

  CostSchedule(NeuralCleanse.Settings settings) {
    this.settings = settings;
    this.cost = settings.zeroStart() ? 0 : settings.initialCost();
  }

  /** The present λ. */
  double cost() {
    return cost;
  }

  /**
   * Notes one step.
   *
   * @param passed the success threshold was reached
   * @param bestNorm the smallest norm that ever passed; infinite if none did
   * @return whether to go on
   */
  boolean next(boolean passed, double bestNorm) {
    if (bestNorm < Double.POSITIVE_INFINITY) {
      stopCounter = bestNorm >= IMPROVEMENT * stopReference ? stopCounter + 1 : 0;
    }
    stopReference = Math.min(stopReference, bestNorm);
    if (rose && fell && stopCounter >= settings.stopPatience()) {
      return false;
    }
    if (cost == 0 && passed) {
      setCounter++;
      if (setCounter >= settings.patience()) {
        cost = settings.initialCost();
        upCounter = 0;
        downCounter = 0;
        rose = false;
        fell = false;
      }
    } else {
      setCounter = 0;
    }
    upCounter = passed ? upCounter + 1 : 0;
    downCounter = passed ? 0 : downCounter + 1;
    if (upCounter >= settings.patience()) {
      upCounter = 0;
      cost *= settings.costUp();
      rose = true;
    } else if (downCounter >= settings.patience()) {
      downCounter = 0;
      cost /= settings.costDown();
      fell = true;
    }
    return true;
  }
}
