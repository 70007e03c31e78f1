package io.secateur.format;

import io.secateur.nn.ElementType;
import java.util.Locale;

/**
 * A pickle's reference to raw data.
 *
 * @param key the name under which the file keeps the data
 * @param type the element type
 * @param count elements of the whole stored block
 * @param viewOffset first element of the part that is meant (old files only, else 0)
 * @param viewCount elements of that part (else {@code count})
 */
record TorchStorage(String key, ElementType type, long count, long viewOffset, long viewCount) {
  /** Refuses counts that contradict one another. */
  TorchStorage {
    if (count < 0 || count > Long.MAX_VALUE / 8) {
      throw new Malformed(
          "storage " + Malformed.quote(key) + " claims " + Malformed.count(count) + " values");
    }
    if (viewOffset < 0 || viewCount < 0 || viewOffset > count - viewCount) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "storage %s: a view of %s values at %s leaves its %s values",
              Malformed.quote(key),
              Malformed.count(viewCount),
              Malformed.count(viewOffset),
              Malformed.count(count)));
    }
  }

  /** Bytes of the whole stored block. */
  long bytes() {
    return count * type.bytes();
  }
}
