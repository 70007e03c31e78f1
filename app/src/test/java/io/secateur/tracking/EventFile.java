package io.secateur.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** An event file read again: framing with a checksum computed bit by bit, messages by number. */
public final class EventFile {
  /** A figure as it was read. */
  public record Scalar(String tag, long step, float value) {}

  private EventFile() {}

  /** The event files below a folder. */
  public static List<Path> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().contains(".tfevents.")).sorted().toList();
    }
  }

  /** The messages of all records, each whole and with right checksums. */
  static List<UnknownFieldSet> events(byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    List<UnknownFieldSet> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] length = new byte[8];
      bytes.get(length);
      assertThat(bytes.getInt()).isEqualTo(masked(length));
      byte[] event =
          new byte
              [Math.toIntExact(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong())];
      bytes.get(event);
      assertThat(bytes.getInt()).isEqualTo(masked(event));
      events.add(UnknownFieldSet.parseFrom(event));
    }
    return events;
  }

  /** The figures in a file. */
  public static List<Scalar> scalars(Path file) throws IOException {
    List<Scalar> scalars = new ArrayList<>();
    for (UnknownFieldSet event : events(Files.readAllBytes(file))) {
      if (event.hasField(5)) {
        UnknownFieldSet value = part(part(event, 5), 1);
        if (value.hasField(2)) {
          scalars.add(
              new Scalar(
                  text(value, 1),
                  event.getField(2).getVarintList().get(0),
                  Float.intBitsToFloat(value.getField(2).getFixed32List().get(0))));
        }
      }
    }
    return scalars;
  }

  static UnknownFieldSet part(UnknownFieldSet message, int number) throws IOException {
    return UnknownFieldSet.parseFrom(message.getField(number).getLengthDelimitedList().get(0));
  }

  static String text(UnknownFieldSet message, int number) {
    return message
        .getField(number)
        .getLengthDelimitedList()
        .get(0)
        .toString(StandardCharsets.UTF_8);
  }

  /** Castagnoli's checksum by its polynomial, masked as TensorFlow does. */
  private static int masked(byte[] bytes) {
    int crc = ~0;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
      }
    }
    crc = ~crc;
    return ((crc >>> 15) | (crc << 17)) + 0xa282ead8;
  }
}
