package io.secateur.attack;

import io.secateur.metric.Stamp;
import io.secateur.nn.FeatureShape;

/** A stamp that is being drawn, transparent at first. */
final class StampCanvas {
  private final FeatureShape shape;
  private final byte[] image;
  private final byte[] mask;

  StampCanvas(FeatureShape shape) {
    this.shape = shape;
    this.image = new byte[shape.size()];
    this.mask = new byte[shape.height() * shape.width()];
  }

  /** Draws a square of {@code rows} of bytes, the same in all channels. */
  StampCanvas square(int top, int left, int[][] rows) {
    for (int c = 0; c < shape.channels(); c++) {
      square(top, left, rows, c);
    }
    return this;
  }

  /** Draws it in one channel; the others are black there unless drawn too. */
  StampCanvas square(int top, int left, int[][] rows, int channel) {
    int side = rows.length;
    if (top < 0 || left < 0 || top + side > shape.height() || left + side > shape.width()) {
      throw new IllegalArgumentException(
          "no room for a stamp of " + side + " pixels on images of " + shape);
    }
    for (int row = 0; row < side; row++) {
      for (int column = 0; column < side; column++) {
        int position = (top + row) * shape.width() + left + column;
        mask[position] = (byte) 255;
        image[channel * mask.length + position] = (byte) rows[row][column];
      }
    }
    return this;
  }

  Stamp stamp() {
    return new Stamp(shape, image, mask);
  }
}
