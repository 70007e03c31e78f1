package io.secateur.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Changes that know nothing of a file's structure. */
final class ByteMutations {
  private ByteMutations() {}

  static byte[] of(byte[] file, byte[] other, Draws draws) {
    if (file.length == 0) {
      return draws.bytes(draws.few(64));
    }
    byte[] copy = file.clone();
    int at = draws.below(file.length);
    switch (draws.below(9)) {
      case 0 -> copy[at] ^= (byte) (1 << draws.below(8));
      case 1 -> copy[at] = (byte) draws.extreme();
      case 2 -> {
        return Arrays.copyOf(file, at);
      }
      case 3, 4 -> number(copy, at, draws);
      case 5 -> {
        int end = Math.min(file.length, at + draws.few(64));
        return joined(file, 0, at, file, end, file.length);
      }
      case 6 -> {
        return repeated(file, at, draws);
      }
      case 7 -> {
        byte[] more = draws.bytes(draws.few(16));
        byte[] head = joined(file, 0, at, more, 0, more.length);
        return joined(head, 0, head.length, file, at, file.length);
      }
      default -> {
        int from = other.length == 0 ? 0 : draws.below(other.length);
        return joined(file, 0, at, other, from, other.length);
      }
    }
    return copy;
  }

  /** A number of 1, 2, 4 or 8 bytes in either order becomes another. */
  static void number(byte[] bytes, int at, Draws draws) {
    int width = 1 << draws.below(4);
    long value = draws.extreme();
    boolean big = draws.once(2);
    for (int i = 0; i < width && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >> 8 * (big ? width - 1 - i : i));
    }
  }

  private static byte[] repeated(byte[] file, int at, Draws draws) {
    int end = Math.min(file.length, at + draws.few(64));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, end);
    for (int times = draws.few(1000); times > 0 && out.size() < Mutation.LONGEST; times--) {
      out.write(file, at, end - at);
    }
    out.write(file, end, file.length - end);
    return out.toByteArray();
  }

  static byte[] joined(byte[] a, int aFrom, int aTo, byte[] b, int bFrom, int bTo) {
    byte[] all = Arrays.copyOf(Arrays.copyOfRange(a, aFrom, aTo), aTo - aFrom + bTo - bFrom);
    System.arraycopy(b, bFrom, all, aTo - aFrom, bTo - bFrom);
    return all;
  }
}
