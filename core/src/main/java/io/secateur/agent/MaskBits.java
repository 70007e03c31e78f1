package io.secateur.agent;

import java.util.BitSet;

/** Masks as sets: unlike arrays they are equal where their content is, and so can be keys. */
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
}
