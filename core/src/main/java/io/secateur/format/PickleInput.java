package io.secateur.format;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A forward-only view of a file that knows where it is and how much may still come. */
final class PickleInput {
  private final InputStream in;
  private final long length;
  private long position;

  /** Reads {@code in}, which must be buffered and holds {@code length} bytes. */
  PickleInput(InputStream in, long length) {
    this.in = in;
    this.length = length;
  }

  /** Bytes read so far. */
  long position() {
    return position;
  }

  /** Bytes that are left. */
  long remaining() {
    return length - position;
  }

  /** The next byte, 0 to 255. */
  int unsignedByte() throws IOException {
    int value = in.read();
    if (value < 0) {
      throw new EOFException();
    }
    position++;
    return value;
  }

  /**
   * An unsigned little-endian number of {@code width} bytes, 1 to 8; eight bytes may come out
   * negative.
   */
  long littleEndian(int width) throws IOException {
    long value = 0;
    for (int i = 0; i < width; i++) {
      value |= (long) unsignedByte() << 8 * i;
    }
    return value;
  }

  /**
   * The next {@code count} bytes; refused before any allocation if fewer are left or an array
   * cannot hold them.
   */
  byte[] bytes(long count) throws IOException {
    if (count < 0 || count > remaining() || count > Integer.MAX_VALUE - 16) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "claims %s bytes at byte %d, the file has %d left",
              Malformed.count(count),
              position,
              remaining()));
    }
    byte[] read = in.readNBytes((int) count);
    position += read.length;
    if (read.length < count) {
      throw new EOFException();
    }
    return read;
  }

  /** Passes over {@code count} bytes, which must be there. */
  void skip(long count) throws IOException {
    if (count < 0 || count > remaining()) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "claims %s bytes at byte %d, the file has %d left",
              Malformed.count(count),
              position,
              remaining()));
    }
    in.skipNBytes(count);
    position += count;
  }

  /** Text up to a line feed, which is dropped. */
  String line(int longest) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (line.size() < longest) {
      int next = unsignedByte();
      if (next == '\n') {
        return line.toString(StandardCharsets.UTF_8);
      }
      line.write(next);
    }
    throw new Malformed(
        "has a line of more than " + longest + " bytes in its pickle, at byte " + position);
  }
}
