package io.secateur.format;

import io.secateur.nn.ElementType;
import java.util.Locale;

/**
 * What a file may cost in memory and time. A file can claim much more than it is: compressed zeros,
 * many names for one storage, a stride of zero. Honest files stay far below sixteen times their
 * size (a byte tensor, kept as 64-bit numbers, takes eight).
 */
final class MemoryBudget {
  private static final long FREE = 64L << 20;
  private static final long TIMES_FILE = 16;
  private static final long FREE_WORK = 1L << 28;
  private static final double SHARE_OF_HEAP = 0.75;

  private final long fileBytes;
  private final long heap;
  private long work;
  private long values;
  private long storages;

  /** The budget of a file of {@code fileBytes}. */
  MemoryBudget(long fileBytes) {
    this.fileBytes = fileBytes;
    this.heap = Runtime.getRuntime().maxMemory();
  }

  /** Takes memory for {@code count} values of {@code type} in tensor {@code name}. */
  void takeTensor(String name, ElementType type, long count) {
    values += count * (type.floating() ? Float.BYTES : Long.BYTES);
    check(values, "tensor " + Malformed.quote(name) + " of " + Malformed.count(count) + " values");
  }

  /** Takes memory for {@code bytes} read from the storage {@code key}. */
  void takeStorage(String key, long bytes) {
    storages = Math.addExact(storages, Math.min(bytes, Long.MAX_VALUE / 4));
    check(storages, "storage " + Malformed.quote(key) + " of " + Malformed.count(bytes) + " bytes");
  }

  /**
   * Takes time to look at {@code count} values once more: a small file can name a large constant
   * again and again.
   */
  void takeWork(long count) {
    work += count;
    if (work / TIMES_FILE > fileBytes + FREE_WORK / TIMES_FILE) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "computes with %s constant values, out of a file of %s bytes",
              Malformed.count(work),
              Malformed.count(fileBytes)));
    }
  }

  private void check(long taken, String item) {
    if (taken / TIMES_FILE > fileBytes + FREE / TIMES_FILE) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "%s: in all %s bytes, out of a file of %s",
              item,
              Malformed.count(taken),
              Malformed.count(fileBytes)));
    }
    if (taken > SHARE_OF_HEAP * heap) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "needs more than %d MB of memory, the Java heap ends at %d MB (raise -Xmx)",
              taken >> 20,
              heap >> 20));
    }
  }
}
