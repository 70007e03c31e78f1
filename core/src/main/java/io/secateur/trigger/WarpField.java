package io.secateur.trigger;

import io.secateur.engine.Ops;
import io.secateur.engine.Tensor;

/** How far every pixel is taken from its place, [1, 2, H, W] in pixels, along x and then y. */
record WarpField(Tensor pixels) {

  /** A control grid [1, 2, k, k] enlarged by bicubic interpolation, corners aligned. */
  static WarpField of(Tensor control, int height, int width) {
    return new WarpField(Ops.bicubic(control, height, width));
  }

  /** Images [N, C, H, W] read beside each place; outside, the border's values go on. */
  Tensor sample(Tensor images) {
    int height = pixels.size(2);
    int width = pixels.size(3);
    float[] place = new float[2 * height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        place[y * width + x] = centre(x, width);
        place[(height + y) * width + x] = centre(y, height);
      }
    }
    Tensor unit = Tensor.of(new float[] {perPixel(width), perPixel(height)}, 1, 2, 1, 1);
    Tensor grid =
        Tensor.of(place, 1, 2, height, width)
            .add(pixels.mul(unit))
            .clamp(-1, 1)
            .permute(0, 2, 3, 1);
    return Ops.gridSample(images, grid.expand(images.size(0), height, width, 2));
  }

  /** Root mean square of the distances, in pixels. */
  double size() {
    return Math.sqrt(2 * pixels.detach().square().mean().item());
  }

  /** Centre of a pixel where −1 and 1 are the centres of the outermost. */
  private static float centre(int pixel, int count) {
    return count == 1 ? 0 : 2f * pixel / (count - 1) - 1;
  }

  private static float perPixel(int count) {
    return count == 1 ? 0 : 2f / (count - 1);
  }
}
