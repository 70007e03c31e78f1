package io.secateur.tracking;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * What a TensorBoard event file is made of: records of length, checksum, an {@code Event} message,
 * checksum.
 *
 * <pre>
 * record = length (8 bytes) crc(length) (4) event crc(event) (4)      little-endian
 * crc(x) = rotate right by 15 (CRC-32C of x) + a282ead8 (hexadecimal)
 * </pre>
 *
 * <p>Source: TensorFlow, core/lib/io/record_writer.cc, core/util/event.proto and
 * core/framework/summary.proto.
 */
final class EventRecords {
  private static final int MASK = 0xa282ead8;
  private static final int TEXT_TYPE = 7;

  private EventRecords() {}

  /** A part of a message. */
  private interface Message {
    void write(CodedOutputStream out) throws IOException;
  }

  /** The record that an event file begins with. */
  static byte[] version(double seconds) {
    return event(seconds, 0, out -> out.writeString(3, "brain.Event:2"));
  }

  /** A figure. */
  static byte[] scalar(double seconds, long step, String tag, double value) {
    return summary(
        seconds,
        step,
        out -> {
          out.writeString(1, tag);
          out.writeFloat(2, (float) value);
        });
  }

  /** A text, for the tab of texts. */
  static byte[] text(double seconds, String tag, String text) {
    byte[] shape = message(out -> out.writeByteArray(2, message(size -> size.writeInt64(1, 1))));
    byte[] tensor =
        message(
            out -> {
              out.writeEnum(1, TEXT_TYPE);
              out.writeByteArray(2, shape);
              out.writeByteArray(8, text.getBytes(StandardCharsets.UTF_8));
            });
    byte[] plugin =
        message(out -> out.writeByteArray(1, message(name -> name.writeString(1, "text"))));
    return summary(
        seconds,
        0,
        out -> {
          out.writeString(1, tag);
          out.writeByteArray(8, tensor);
          out.writeByteArray(9, plugin);
        });
  }

  private static byte[] summary(double seconds, long step, Message value) {
    byte[] summary = message(out -> out.writeByteArray(1, message(value)));
    return event(seconds, step, out -> out.writeByteArray(5, summary));
  }

  private static byte[] event(double seconds, long step, Message what) {
    return framed(
        message(
            out -> {
              out.writeDouble(1, seconds);
              out.writeInt64(2, step);
              what.write(out);
            }));
  }

  private static byte[] message(Message parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      parts.write(out);
      out.flush();
    } catch (IOException e) {
      throw new IllegalStateException("memory can be written to", e);
    }
    return bytes.toByteArray();
  }

  private static byte[] framed(byte[] event) {
    ByteBuffer record = ByteBuffer.allocate(event.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(event.length);
    record.putInt(masked(record.array(), Long.BYTES));
    record.put(event);
    record.putInt(masked(event, event.length));
    return record.array();
  }

  private static int masked(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }
}
