package io.secateur.format;

import org.jspecify.annotations.Nullable;

/**
 * A layer list that cannot be read or does not fit together: the message names line and column, or
 * the layer.
 */
public final class BadLayerList extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A fault described by {@code message}. */
  public BadLayerList(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
