package io.secateur.fuzz;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.InflaterInputStream;

/** Changes to the chunks of PNG, with checksums that fit, and to the segments of JPEG. */
final class ImageMutations {
  private static final int MOST_INFLATED = 1 << 16;

  private ImageMutations() {}

  static byte[] of(byte[] file, byte[] other, Draws draws) {
    if (draws.once(8)) {
      return ByteMutations.of(file, other, draws);
    }
    boolean png = file.length > 8 && file[1] == 'P' && file[2] == 'N';
    boolean jpeg = file.length > 3 && (file[0] & 0xff) == 0xff;
    if (!png && !jpeg) {
      return ByteMutations.of(file, other, draws);
    }
    List<byte[]> parts = png ? chunks(file) : segments(file);
    List<byte[]> foreign = png ? chunks(other) : segments(other);
    for (int edits = draws.few(3); edits > 0 && !parts.isEmpty(); edits--) {
      edit(parts, foreign, png, draws);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(file, 0, png ? 8 : 2);
    for (byte[] part : parts) {
      if (out.size() < Mutation.LONGEST) {
        out.writeBytes(part);
      }
    }
    return out.toByteArray();
  }

  private static void edit(List<byte[]> parts, List<byte[]> foreign, boolean png, Draws draws) {
    int at = draws.below(parts.size());
    switch (draws.below(7)) {
      case 0 -> parts.remove(at);
      case 1 -> {
        for (int times = draws.few(200); times > 0; times--) {
          parts.add(at, parts.get(at));
        }
      }
      case 2 -> parts.add(draws.below(parts.size()), parts.remove(at));
      case 3 -> parts.add(at, draws.of(foreign.isEmpty() ? parts : foreign));
      default -> parts.set(at, png ? chunk(parts.get(at), draws) : segment(parts.get(at), draws));
    }
  }

  /** Length, type, data and checksum of each chunk, in one piece. */
  private static List<byte[]> chunks(byte[] png) {
    List<byte[]> chunks = new ArrayList<>();
    int at = 8;
    while (at + 12 <= png.length) {
      int length = ByteBuffer.wrap(png).getInt(at);
      if (length < 0 || length > png.length - at - 12) {
        break;
      }
      chunks.add(Arrays.copyOfRange(png, at, at + 12 + length));
      at += 12 + length;
    }
    return chunks;
  }

  private static byte[] chunk(byte[] chunk, Draws draws) {
    byte[] data = Arrays.copyOfRange(chunk, 8, chunk.length - 4);
    boolean pixels = new String(chunk, 4, 4, StandardCharsets.ISO_8859_1).equals("IDAT");
    byte[] changed;
    if (pixels && !draws.once(4)) {
      changed = FuzzZip.run(new Deflater(1), ByteMutations.of(inflated(data), data, draws));
    } else {
      changed = data.clone();
      if (changed.length > 0 && !draws.once(4)) {
        ByteMutations.number(changed, draws.below(changed.length), draws);
      } else {
        changed = ByteMutations.of(data, chunk, draws);
      }
    }
    ByteBuffer out = ByteBuffer.allocate(12 + changed.length);
    out.putInt(changed.length).put(chunk, 4, 4).put(changed);
    CRC32 checksum = new CRC32();
    checksum.update(out.array(), 4, 4 + changed.length);
    return out.putInt((int) checksum.getValue()).array();
  }

  private static byte[] inflated(byte[] data) {
    try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(data))) {
      return in.readNBytes(MOST_INFLATED);
    } catch (IOException e) {
      return data;
    }
  }

  /** Marker, length and content of each segment, and with a scan its data. */
  private static List<byte[]> segments(byte[] jpeg) {
    List<byte[]> segments = new ArrayList<>();
    int begin = 2;
    for (int at = 3; at + 1 < jpeg.length; at++) {
      boolean marker =
          (jpeg[at] & 0xff) == 0xff && (jpeg[at + 1] & 0xff) >= 0xc0 && !restart(jpeg[at + 1]);
      if (marker) {
        segments.add(Arrays.copyOfRange(jpeg, begin, at));
        begin = at;
      }
    }
    if (begin < jpeg.length) {
      segments.add(Arrays.copyOfRange(jpeg, begin, jpeg.length));
    }
    return segments;
  }

  private static boolean restart(byte marker) {
    return (marker & 0xf8) == 0xd0;
  }

  private static byte[] segment(byte[] segment, Draws draws) {
    byte[] changed = segment.clone();
    if (changed.length > 4 && !draws.once(4)) {
      ByteMutations.number(changed, 4 + draws.below(changed.length - 4), draws);
      return changed;
    }
    return ByteMutations.of(segment, segment, draws);
  }
}
