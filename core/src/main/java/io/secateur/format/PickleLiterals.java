package io.secateur.format;

import io.secateur.format.PickleValue.Big;
import io.secateur.format.PickleValue.Bytes;
import io.secateur.format.PickleValue.Real;
import io.secateur.format.PickleValue.Text;
import io.secateur.format.PickleValue.Truth;
import io.secateur.format.PickleValue.Whole;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * Numbers and texts as they stand behind a pickle's instructions, in binary and in the old
 * line-wise form.
 */
final class PickleLiterals {
  private static final int LONGEST_LINE = 4096;
  private static final int LONGEST_INTEGER = 256;

  private final PickleInput in;

  PickleLiterals(PickleInput in) {
    this.in = in;
  }

  String line() throws IOException {
    return in.line(LONGEST_LINE);
  }

  /** An integer in two's complement, little-endian, its length in {@code width} bytes before it. */
  PickleValue integer(int width) throws IOException {
    long length = in.littleEndian(width);
    if (length > LONGEST_INTEGER) {
      throw new Malformed(
          "has an integer of " + length + " bytes in its pickle, at byte " + in.position());
    }
    byte[] little = in.bytes(length);
    byte[] big = new byte[little.length];
    for (int i = 0; i < big.length; i++) {
      big[i] = little[little.length - 1 - i];
    }
    return big.length == 0 ? new Whole(0) : whole(new BigInteger(big));
  }

  /** A line with an integer; 00 and 01 are False and True. */
  PickleValue decimalOrTruth() throws IOException {
    String line = line();
    return line.equals("00") || line.equals("01") ? new Truth(line.equals("01")) : decimal(line);
  }

  /** A line with an integer, perhaps with Python 2's L behind it. */
  PickleValue decimal() throws IOException {
    return decimal(line());
  }

  private static PickleValue decimal(String line) {
    String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
    if (!digits.matches("-?[0-9]{1,600}")) {
      throw new Malformed("has the integer " + Malformed.quote(line) + " in its pickle");
    }
    return whole(new BigInteger(digits));
  }

  private static PickleValue whole(BigInteger value) {
    return value.bitLength() < Long.SIZE ? new Whole(value.longValue()) : new Big(value);
  }

  /** A line with a floating number. */
  PickleValue real() throws IOException {
    String line = line();
    try {
      return new Real(Double.parseDouble(line.replace("inf", "Infinity").replace("nan", "NaN")));
    } catch (NumberFormatException e) {
      throw new Malformed("has the number " + Malformed.quote(line) + " in its pickle", e);
    }
  }

  /** Bytes, their count in {@code width} bytes before them. */
  Bytes bytes(int width) throws IOException {
    return new Bytes(counted(width));
  }

  /** UTF-8 text, its length in {@code width} bytes before it. */
  Text text(int width) throws IOException {
    return decode(counted(width))
        .orElseThrow(
            () ->
                new Malformed(
                    "has a text in its pickle that is not UTF-8, before byte " + in.position()));
  }

  /** A byte string of Python 2, where texts and bytes were one type: text if it is UTF-8. */
  PickleValue textOrBytes(int width) throws IOException {
    byte[] bytes = counted(width);
    return decode(bytes).<PickleValue>map(text -> text).orElseGet(() -> new Bytes(bytes));
  }

  /**
   * A line with a quoted byte string; one with escapes is refused, since names and keys have none.
   */
  PickleValue quotedText() throws IOException {
    String line = line();
    boolean quoted =
        line.length() >= 2
            && "'\"".indexOf(line.charAt(0)) >= 0
            && line.endsWith(line.substring(0, 1));
    if (!quoted) {
      throw new Malformed(
          "has the text " + Malformed.quote(line) + " in its pickle, without quotes");
    }
    return new Text(withoutEscapes(line.substring(1, line.length() - 1)));
  }

  /** A line of text; one with escapes is refused. */
  Text textLine() throws IOException {
    return new Text(withoutEscapes(line()));
  }

  private static String withoutEscapes(String text) {
    if (text.indexOf('\\') >= 0) {
      throw new Malformed(
          "has the text "
              + Malformed.quote(text)
              + " with escapes in its pickle, which is not read");
    }
    return text;
  }

  private byte[] counted(int width) throws IOException {
    long count = in.littleEndian(width);
    if (count < 0 || count > PickleReader.MOST_BYTES) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "claims a text of %s bytes at byte %d, the file has %d left",
              Long.toUnsignedString(count),
              in.position(),
              in.remaining()));
    }
    return in.bytes(count);
  }

  private static Optional<Text> decode(byte[] utf8) {
    try {
      return Optional.of(
          new Text(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString()));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
