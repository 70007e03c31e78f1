package io.secateur.prune;

/**
 * A plan does not fit the network, or would leave a layer without channels; the message names the
 * layer.
 */
public final class BadPlan extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A plan refused for {@code message}. */
  public BadPlan(String message) {
    super(message);
  }
}
