package io.secateur.nn;

import io.secateur.text.ForeignText;

/**
 * Tensors fit no stock architecture, or more than one: the message names the nearest and what is
 * amiss.
 */
public final class UnknownArchitecture extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A failure described by {@code message}. */
  public UnknownArchitecture(String message) {
    super(ForeignText.oneLine(message));
  }
}
