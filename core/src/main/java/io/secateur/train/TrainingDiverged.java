package io.secateur.train;

/** The loss became infinite or no number; a lower learning rate may help. */
public final class TrainingDiverged extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Training that diverged in {@code epoch}, from 1. */
  public TrainingDiverged(int epoch) {
    super("training diverged in epoch " + epoch + ": lower the learning rate");
  }
}
