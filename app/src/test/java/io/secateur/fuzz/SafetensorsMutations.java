package io.secateur.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Changes to the JSON of safetensors, before which the length then fits; or to its bytes. */
final class SafetensorsMutations {
  private SafetensorsMutations() {}

  static byte[] of(byte[] file, byte[] other, Draws draws) {
    int header = header(file);
    if (header < 0 || draws.once(4)) {
      return ByteMutations.of(file, other, draws);
    }
    byte[] json = Arrays.copyOfRange(file, 8, 8 + header);
    int foreign = Math.max(0, header(other));
    byte[] from =
        Arrays.copyOfRange(other, Math.min(8, other.length), Math.min(8, other.length) + foreign);
    byte[] changed = TextMutations.of(json, from, draws);
    ByteBuffer out =
        ByteBuffer.allocate(file.length - header + changed.length).order(ByteOrder.LITTLE_ENDIAN);
    return out.putLong(changed.length)
        .put(changed)
        .put(file, 8 + header, file.length - 8 - header)
        .array();
  }

  /** Its length, or -1 where the file says none that it could have. */
  private static int header(byte[] file) {
    if (file.length < 8) {
      return -1;
    }
    long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return length < 0 || length > file.length - 8 ? -1 : (int) length;
  }
}
