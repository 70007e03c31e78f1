package io.secateur.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes pickles instruction by instruction, so that tests can also write those that no honest
 * program would.
 */
final class PickleProgram {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleProgram() {
    raw(0x80, 2);
  }

  /** Instructions and operands as they are. */
  PickleProgram raw(int... bytes) {
    for (int value : bytes) {
      out.write(value);
    }
    return this;
  }

  /** Instructions by their letters. */
  PickleProgram raw(String letters) {
    out.writeBytes(letters.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleProgram text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return raw("X").int32(utf8.length).raw(text);
  }

  PickleProgram int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  PickleProgram int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  PickleProgram whole(long value) {
    return raw(0x8a, 8).int64(value);
  }

  /** A float tensor out of storage {@code key}, which holds {@code count} values. */
  PickleProgram tensor(String key, long count, long offset, long[] shape, long[] strides) {
    return tensor("FloatStorage", key, count, offset, shape, strides);
  }

  PickleProgram tensor(
      String storage, String key, long count, long offset, long[] shape, long[] strides) {
    raw("ctorch._utils\n_rebuild_tensor_v2\n((").text("storage").raw("ctorch\n" + storage + "\n");
    text(key).text("cpu").whole(count).raw("tQ").whole(offset).raw("(");
    for (long extent : shape) {
      whole(extent);
    }
    raw("t(");
    for (long stride : strides) {
      whole(stride);
    }
    return raw("t", 0x89).raw("}tR");
  }

  private PickleProgram raw(String letters, int after) {
    return raw(letters).raw(after);
  }

  /** The finished pickle. */
  byte[] stop() {
    raw(".");
    return out.toByteArray();
  }

  /** A checkpoint in the zip layout of this pickle and storages 0, 1, ... */
  byte[] zipped(byte[]... storages) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      entry(zip, "m/data.pkl", stop());
      for (int i = 0; i < storages.length; i++) {
        entry(zip, "m/data/" + i, storages[i]);
      }
    }
    return file.toByteArray();
  }

  /** One stored zip entry. */
  static void entry(ZipOutputStream zip, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 checksum = new CRC32();
    checksum.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(checksum.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
  }

  /**
   * A checkpoint in the old layout of this pickle and storages of four-byte values called 0, 1, ...
   */
  byte[] legacy(byte[]... storages) {
    PickleProgram file = new PickleProgram();
    file.raw(0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19).raw(".");
    file.raw(0x80, 2).raw("M").raw(1001 & 0xff, 1001 >> 8).raw(".");
    file.raw(0x80, 2).raw("}(").text("little_endian").raw(0x88).raw("u.");
    file.out.writeBytes(stop());
    file.raw(0x80, 2).raw("](");
    for (int i = 0; i < storages.length; i++) {
      file.text(Integer.toString(i));
    }
    file.raw("e.");
    for (byte[] storage : storages) {
      file.int64(storage.length / 4);
      file.out.writeBytes(storage);
    }
    return file.out.toByteArray();
  }

  /** {@code count} float32 values 0, 1, 2, ... */
  static byte[] floats(int count) {
    ByteBuffer data = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      data.putFloat(i);
    }
    return data.array();
  }
}
