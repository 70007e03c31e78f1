package io.secateur.format;

import io.secateur.nn.WeightTensor;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the zip layout of {@code torch.save}: entries are stored uncompressed, each begins at a
 * multiple of 64 bytes so that PyTorch can map it, and equal models give equal bytes (the time is
 * fixed).
 */
final class TorchZipWriter {
  private static final String FOLDER = "archive/";
  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int EXTRA_HEADER_BYTES = 4;

  /** The tag of PyTorch's own padding, "FB". */
  private static final short PADDING_TAG = 0x4246;

  /** Any time that the zip format itself can hold. */
  private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

  private TorchZipWriter() {}

  /** Writes {@code model} to {@code out}. */
  static void write(ModelFile model, OutputStream out) throws IOException {
    Counting counted = new Counting(out);
    try (ZipOutputStream zip = new ZipOutputStream(counted)) {
      add(zip, counted, "data.pkl", PickleWriter.write(model));
      add(zip, counted, "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      int storage = 0;
      for (Map.Entry<String, WeightTensor> entry : model.weights().asMap().entrySet()) {
        add(
            zip,
            counted,
            "data/" + storage++,
            ElementCodec.encode(entry.getKey(), entry.getValue()));
      }
      add(zip, counted, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static void add(ZipOutputStream zip, Counting counted, String name, byte[] data)
      throws IOException {
    ZipEntry entry = new ZipEntry(FOLDER + name);
    CRC32 checksum = new CRC32();
    checksum.update(data);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(data.length);
    entry.setCrc(checksum.getValue());
    entry.setTimeLocal(TIME);
    entry.setExtra(
        padding(
            counted.count + LOCAL_HEADER_BYTES + entry.getName().length() + EXTRA_HEADER_BYTES));
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }

  /** An extra field that moves what would begin at {@code position} to the next aligned one. */
  private static byte[] padding(long position) {
    int missing = (int) (-position & (ALIGNMENT - 1));
    ByteBuffer extra =
        ByteBuffer.allocate(EXTRA_HEADER_BYTES + missing).order(ByteOrder.LITTLE_ENDIAN);
    return extra.putShort(PADDING_TAG).putShort((short) missing).array();
  }

  private static final class Counting extends FilterOutputStream {
    private long count;

    Counting(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      out.write(value);
      count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
