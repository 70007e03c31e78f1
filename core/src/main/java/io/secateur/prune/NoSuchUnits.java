package io.secateur.prune;

/** A network has nothing of the kind that was to be pruned. */
public final class NoSuchUnits extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  NoSuchUnits(String message) {
    super(message);
  }
}
