package io.secateur.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Measurements in the order they were made, one a line, in hexadecimal floating-point text, which
 * is exact. A last line without its line end was torn by the end of the process and is cut off.
 */
final class MeasurementLog implements AutoCloseable {
  private final Path file;
  private final List<double[]> known;
  private final FileChannel channel;
  private int next;

  private MeasurementLog(Path file, List<double[]> known, FileChannel channel) {
    this.file = file;
    this.known = known;
    this.channel = channel;
  }

  static MeasurementLog open(Path file) throws IOException {
    byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    int whole = content.length;
    while (whole > 0 && content[whole - 1] != '\n') {
      whole--;
    }
    List<double[]> known = new ArrayList<>();
    String text = new String(content, 0, whole, StandardCharsets.US_ASCII);
    for (String line : text.lines().toList()) {
      known.add(parse(file, known.size() + 1, line));
    }
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.truncate(whole);
    channel.position(whole);
    return new MeasurementLog(file, known, channel);
  }

  private static double[] parse(Path file, int number, String line) {
    if (line.isEmpty()) {
      return new double[0];
    }
    String[] fields = line.split(" ", -1);
    double[] values = new double[fields.length];
    for (int i = 0; i < fields.length; i++) {
      try {
        values[i] = Double.parseDouble(fields[i]);
      } catch (NumberFormatException e) {
        throw new BadRunDirectory(
            file + ": line " + number + " is damaged; delete the file to measure again", e);
      }
    }
    return values;
  }

  double[] next(Supplier<double[]> measure) {
    if (next < known.size()) {
      return known.get(next++).clone();
    }
    double[] measured = measure.get();
    append(measured);
    next++;
    known.add(measured.clone());
    return measured;
  }

  private void append(double[] values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      line.append(i == 0 ? "" : " ").append(Double.toHexString(values[i]));
    }
    ByteBuffer bytes =
        ByteBuffer.wrap(line.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
