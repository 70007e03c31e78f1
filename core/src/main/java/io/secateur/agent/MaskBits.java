package io.secateur.agent;

import java.util.BitSet;

/**
 * Masks as sets: unlike arrays they are equal where their content is, and so can be keys and be
 * counted.
 */
final class MaskBits {
  private MaskBits() {}

  /** The positions at which {@code mask} is true. */
  static BitSet of(boolean[] mask) {
    BitSet bits = new BitSet(mask.length);
    for (int i = 0; i < mask.length; i++) {
      bits.set(i, mask[i]);
    }
    return bits;
  }

  /** At how many positions {@code mask} is true. */
  static int count(boolean[] mask) {
    return of(mask).cardinality();
  }
}
