package io.secateur.nn;

import io.secateur.text.ForeignText;

/**
 * Weights do not fit an architecture: the message names the tensor, its shape and what was
 * expected.
 */
public final class NetworkMismatch extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A mismatch described by {@code message}. */
  public NetworkMismatch(String message) {
    super(ForeignText.oneLine(message));
  }
}
