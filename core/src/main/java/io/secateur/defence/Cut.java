package io.secateur.defence;

/** How far a treatment prunes along the order of channels that it found. */
public sealed interface Cut {

  /**
   * Up to a threshold that the user names.
   *
   * @param threshold in [0, 1); what it is a threshold of, the treatment says
   */
  record Fixed(double threshold) implements Cut {
    /** Rejects a threshold out of range. */
    public Fixed {
      if (!(threshold >= 0 && threshold < 1)) {
        throw new IllegalArgumentException("the threshold must be in [0, 1), got " + threshold);
      }
    }
  }

  /**
   * As far as the accuracy on the hold-out images allows. The sources look at test images here,
   * some at poisoned ones, which nobody who defends a network has.
   *
   * @param maxDrop how much accuracy may be lost, in [0, 100]; in points unless the treatment says
   *     otherwise
   */
  record HoldOut(double maxDrop) implements Cut {
    /** Rejects a drop out of range. */
    public HoldOut {
      if (!(maxDrop >= 0 && maxDrop <= 100)) {
        throw new IllegalArgumentException("the drop must be in [0, 100], got " + maxDrop);
      }
    }
  }
}
