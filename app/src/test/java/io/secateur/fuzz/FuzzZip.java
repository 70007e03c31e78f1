package io.secateur.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zips that the JDK would not: with any names, also twice. */
final class FuzzZip {
  private FuzzZip() {}

  record Entry(String name, byte[] data, boolean deflated) {
    Entry named(String other) {
      return new Entry(other, data, deflated);
    }
  }

  static byte[] write(List<Entry> entries) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream directory = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
      byte[] packed = entry.deflated() ? deflate(entry.data()) : entry.data();
      CRC32 checksum = new CRC32();
      checksum.update(entry.data());
      ByteBuffer common = little(26);
      common.putShort((short) 20).putShort((short) 0x800);
      common.putShort((short) (entry.deflated() ? 8 : 0)).putInt(0x21_0000);
      common.putInt((int) checksum.getValue()).putInt(packed.length).putInt(entry.data().length);
      common.putShort((short) name.length).putShort((short) 0);
      int offset = out.size();
      out.writeBytes(little(4).putInt(0x04034b50).array());
      out.writeBytes(common.array());
      out.writeBytes(name);
      out.writeBytes(packed);
      directory.writeBytes(little(6).putInt(0x02014b50).putShort((short) 20).array());
      directory.writeBytes(common.array());
      directory.writeBytes(little(14).putInt(10, offset).array());
      directory.writeBytes(name);
    }
    int begin = out.size();
    out.writeBytes(directory.toByteArray());
    ByteBuffer end = little(22).putInt(0x06054b50).putInt(0);
    end.putShort((short) entries.size()).putShort((short) entries.size());
    end.putInt(directory.size()).putInt(begin);
    out.writeBytes(end.array());
    return out.toByteArray();
  }

  static byte[] deflate(byte[] data) {
    Deflater deflater = new Deflater(1, true);
    return run(deflater, data);
  }

  /** Drains {@code deflater}. */
  static byte[] run(Deflater deflater, byte[] data) {
    deflater.setInput(data);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
