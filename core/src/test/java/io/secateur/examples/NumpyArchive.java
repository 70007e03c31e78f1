package io.secateur.examples;

import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads what {@code numpy.savez} writes: an archive of float32 arrays, one for each tensor. */
public final class NumpyArchive {
  private static final Pattern HEADER =
      Pattern.compile("'descr': '<f4', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\)");
  private static final int MAX_ARRAY = 1 << 28;

  private NumpyArchive() {}

  /** The tensors in {@code archive} by name. */
  public static Weights read(InputStream archive) throws IOException {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    ZipInputStream zip = new ZipInputStream(archive);
    for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
      String name = entry.getName().replaceFirst("\\.npy$", "");
      byte[] bytes = zip.readNBytes(MAX_ARRAY);
      if (bytes.length < 10 || bytes.length == MAX_ARRAY) {
        throw new IOException("array '" + name + "' has " + bytes.length + " bytes");
      }
      tensors.put(name, array(name, ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return Weights.of(tensors);
  }

  private static WeightTensor array(String name, ByteBuffer bytes) throws IOException {
    int start = 10 + bytes.getShort(8);
    String header = new String(bytes.array(), 10, start - 10, StandardCharsets.US_ASCII);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.find()) {
      throw new IOException("array '" + name + "' is " + header.strip() + "; expected float32");
    }
    int[] shape =
        Arrays.stream(matcher.group(1).split("[, ]+"))
            .filter(extent -> !extent.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    float[] values = new float[(bytes.capacity() - start) / Float.BYTES];
    bytes.position(start);
    bytes.asFloatBuffer().get(values);
    return WeightTensor.ofFloats(shape, values);
  }
}
