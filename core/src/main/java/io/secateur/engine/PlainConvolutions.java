package io.secateur.engine;

import java.util.function.Supplier;

/**
 * Convolutions whose images do not lie channels-last in memory, as in gradients of gradients, where
 * images take the place of channels too. Where {@link OneDnn} is wrong about them, the library's
 * own, slower convolution takes its place.
 */
public final class PlainConvolutions {
  private PlainConvolutions() {}

  /** What {@code body} yields, its convolutions right in any layout. Not for several threads. */
  public static <T> T in(Supplier<T> body) {
    return OneDnn.wrong() ? OneDnn.without(body) : body.get();
  }
}
