package io.secateur.report;

import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.trigger.Trigger;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Pictures of synthesised triggers, as PNG. */
public final class TriggerPicture {
  private TriggerPicture() {}

  /**
   * The trigger itself: of a patch its pattern, as opaque as its mask, so that it can serve as a
   * stamp; of an addition its values around mid grey; of a warp how far it moves, a pixel being
   * half of the scale, along x as red and along y as green around mid grey; of a shift a dot for
   * each channel, the lighter the further it is raised.
   */
  public static byte[] of(Trigger trigger) {
    int width = trigger.width();
    int height = trigger.height();
    int plane = width * height;
    if (trigger instanceof Trigger.Patch patch) {
      float[] mask = patch.mask();
      float[] pattern = patch.pattern();
      return png(width, height, true, p -> byteOf(mask[p]) << 24 | rgb(pattern, plane, p));
    }
    if (trigger instanceof Trigger.Shift shift) {
      return channels(shift);
    }
    float[] change =
        trigger instanceof Trigger.Warp warp
            ? Arrays.copyOf(warp.field(), 3 * plane)
            : ((Trigger.Additive) trigger).delta();
    float[] shown = new float[change.length];
    for (int i = 0; i < change.length; i++) {
      shown[i] = 0.5f + change[i] / 2;
    }
    return png(width, height, false, p -> rgb(shown, plane, p));
  }

  /**
   * Where a patch acts, white where it replaces; of an addition the size of its change; of a warp
   * how far it moves, white from a pixel on; a shift acts nowhere on the image.
   */
  public static byte[] mask(Trigger trigger) {
    int plane = trigger.width() * trigger.height();
    float[] mask = new float[plane];
    if (trigger instanceof Trigger.Patch patch) {
      mask = patch.mask();
    } else if (trigger.visible()) {
      float[] change =
          trigger instanceof Trigger.Warp warp
              ? warp.field()
              : ((Trigger.Additive) trigger).delta();
      for (int i = 0; i < change.length; i++) {
        mask[i % plane] = Math.max(mask[i % plane], Math.abs(change[i]));
      }
    }
    float[] shown = mask;
    return png(trigger.width(), trigger.height(), false, p -> byteOf(shown[p]) * 0x010101);
  }

  /** One dot for each channel, row by row: mid grey as it is, white if raised furthest of all. */
  private static byte[] channels(Trigger.Shift shift) {
    List<Float> raises = new ArrayList<>();
    shift
        .raises()
        .values()
        .forEach(norm -> IntStream.range(0, norm.length).forEach(c -> raises.add(norm[c])));
    float largest = raises.stream().map(Math::abs).reduce(Float.MIN_NORMAL, Math::max);
    int side = (int) Math.ceil(Math.sqrt(raises.size()));
    return png(
        side,
        side,
        false,
        p -> byteOf(p < raises.size() ? 0.5f + raises.get(p) / largest / 2 : 0) * 0x010101);
  }

  /** {@code image} [C, H, W] in [0, 1] with the trigger on. */
  public static byte[] on(Trigger trigger, float[] image) {
    FeatureShape shape =
        new FeatureShape(
            image.length / (trigger.width() * trigger.height()), trigger.height(), trigger.width());
    float[] triggered =
        Scope.value(() -> trigger.apply(Tensor.of(image, shape.batch(1))).toFloats());
    return image(shape, triggered);
  }

  /** An image [C, H, W] in [0, 1] as it is. */
  public static byte[] image(FeatureShape shape, float[] values) {
    int plane = shape.height() * shape.width();
    return png(shape.width(), shape.height(), false, p -> rgb(values, plane, p));
  }

  private static int rgb(float[] planes, int plane, int position) {
    int channels = planes.length / plane;
    int rgb = 0;
    for (int c = 0; c < 3; c++) {
      rgb = rgb << 8 | byteOf(planes[Math.min(c, channels - 1) * plane + position]);
    }
    return rgb;
  }

  private static int byteOf(float value) {
    return Math.round(255 * Math.max(0, Math.min(1, value)));
  }

  private static byte[] png(int width, int height, boolean alpha, IntUnaryOperator pixel) {
    BufferedImage image =
        new BufferedImage(
            width, height, alpha ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
    for (int p = 0; p < width * height; p++) {
      image.setRGB(p % width, p / width, pixel.applyAsInt(p));
    }
    return png(image);
  }

  static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
