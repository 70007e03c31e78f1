package io.secateur.format;

import java.io.FilterReader;
import java.io.IOException;
import java.io.StringReader;

/**
 * Reads a text in parts that never end between the two halves of a character beyond the basic
 * plane. The YAML parser asks for the second half in a buffer that is full already, and an honest
 * file with such a character in an unlucky place cannot be read.
 */
final class WholeCharacters extends FilterReader {
  WholeCharacters(String text) {
    super(new StringReader(text));
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    in.mark(length);
    int count = in.read(buffer, offset, length);
    if (count < 2 || !Character.isHighSurrogate(buffer[offset + count - 1])) {
      return count;
    }
    in.reset();
    return in.read(buffer, offset, count - 1);
  }
}
