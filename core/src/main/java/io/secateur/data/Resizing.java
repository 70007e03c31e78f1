package io.secateur.data;

import io.secateur.data.ImageDecoder.Decoded;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How images of any size become images of one: scaled until the shorter side has as many pixels as
 * asked for, and the centre cut out. The same as torchvision's {@code Resize(shorter)} and {@code
 * CenterCrop(side)} on tensors: bilinear with antialiasing, rounded to bytes. Pillow, which
 * torchvision takes for images that are no tensors, rounds between the two directions as well.
 *
 * @param shorter pixels of the shorter side once scaled, at least {@code side}
 * @param side pixels of both sides of what is cut out, at least 1
 */
public record Resizing(int shorter, int side) {
  /** How it is written. */
  static final String FORM = "SIDE or SHORTER/SIDE, such as 224 or 256/224";

  private static final int MAX_SIDE = ImageDecoder.MAX_SIDE;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9})(?:/(\\d{1,9}))?");

  /** A strip would grow without bound along its longer side. */
  private static final int MAX_RATIO = 8;

  /** Rejects sides out of range. */
  public Resizing {
    if (side < 1 || side > shorter || shorter > MAX_SIDE) {
      throw new IllegalArgumentException(
          "sides must be in 1 to "
              + MAX_SIDE
              + ", the second no larger than the first, got "
              + shorter
              + "/"
              + side);
    }
  }

  /**
   * Reads {@code SIDE} or {@code SHORTER/SIDE}; empty if {@code text} has another form.
   *
   * @throws IllegalArgumentException if it has, with sides out of range
   */
  static Optional<Resizing> parse(String text) {
    Matcher sides = TEXT.matcher(text);
    if (!sides.matches()) {
      return Optional.empty();
    }
    int shorter = Integer.parseInt(sides.group(1));
    String side = sides.group(2);
    return Optional.of(new Resizing(shorter, side == null ? shorter : Integer.parseInt(side)));
  }

  /** {@code image} scaled and cut; {@code where} names it in errors. */
  Decoded apply(String where, Decoded image) {
    int least = Math.min(image.width(), image.height());
    int most = Math.max(image.width(), image.height());
    if (most > MAX_RATIO * least) {
      throw new BadData(
          where,
          "is " + image.width() + "x" + image.height() + " pixels",
          "no side more than " + MAX_RATIO + " times as long as the other");
    }
    int longer = (int) ((long) shorter * most / least);
    boolean upright = image.height() > image.width();
    int height = upright ? longer : shorter;
    int width = upright ? shorter : longer;
    byte[] planes = new byte[3 * side * side];
    for (int channel = 0; channel < 3; channel++) {
      float[] cut = cut(image, channel, height, width);
      for (int i = 0; i < cut.length; i++) {
        planes[channel * cut.length + i] = (byte) Math.round(Math.min(255, Math.max(0, cut[i])));
      }
    }
    return new Decoded(side, side, planes);
  }

  /** One channel at a time: photographs have many pixels. */
  private float[] cut(Decoded image, int channel, int height, int width) {
    int area = image.width() * image.height();
    float[] plane = new float[area];
    for (int i = 0; i < area; i++) {
      plane[i] = image.planes()[channel * area + i] & 0xFF;
    }
    return Scope.value(
        () ->
            Ops.bilinearAntialiased(
                    Tensor.of(plane, 1, 1, image.height(), image.width()), height, width)
                .narrow(2, middle(height - side), side)
                .narrow(3, middle(width - side), side)
                .toFloats());
  }

  /** Half of what is cut off, halves to even, as torchvision has it. */
  private static int middle(int cutOff) {
    return (int) Math.rint(cutOff / 2.0);
  }

  /** As it is written. */
  @Override
  public String toString() {
    return side == shorter ? String.valueOf(side) : shorter + "/" + side;
  }
}
