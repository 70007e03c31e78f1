package io.secateur.engine;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Convolutions whose images do not lie channels-last in memory, as in gradients of gradients. There
 * oneDNN's gradient with respect to the images was seen to be wrong (libtorch 2.10 on an AMD Zen 5:
 * from two images on, filters no multiple of 16); where it is, the library's own, slower
 * convolution takes its place.
 */
public final class PlainConvolutions {
  static {
    Natives.ready();
  }

  private static final boolean WRONG = wrong(2, 3, 8) || wrong(2, 16, 5) || wrong(8, 4, 24);

  private PlainConvolutions() {}

  /** What {@code body} yields, its convolutions right in any layout. Not for several threads. */
  public static <T> T in(Supplier<T> body) {
    return WRONG ? withoutOneDnn(body) : body.get();
  }

  private static <T> T withoutOneDnn(Supplier<T> body) {
    Context context = torch.globalContext();
    boolean before = context.userEnabledMkldnn();
    context.setUserEnabledMkldnn(false);
    try {
      return body.get();
    } finally {
      context.setUserEnabledMkldnn(before);
    }
  }

  private static boolean wrong(int images, int channels, int filters) {
    try (Scope scope = Scope.open()) {
      Tensor x = random(images, channels, 3, 3).requireGradient();
      Tensor w = random(filters, channels, 3, 3);
      float[] fast = gradient(x, w);
      float[] own = withoutOneDnn(() -> gradient(x, w));
      for (int i = 0; i < own.length; i++) {
        if (!(Math.abs(fast[i] - own[i]) < 1e-2)) {
          return true;
        }
      }
      return false;
    }
  }

  private static float[] gradient(Tensor x, Tensor w) {
    long[] one = {1, 1};
    Tensor y = new Tensor(torch.conv2d(x.raw(), w.raw(), new TensorOptional(), one, one, one, 1));
    return Autograd.gradients(y.square().sum(), List.of(x)).get(0).toFloats();
  }

  private static Tensor random(int... shape) {
    Random random = new Random(1);
    long[] sides = new long[shape.length];
    int count = 1;
    for (int i = 0; i < shape.length; i++) {
      sides[i] = shape[i];
      count *= shape[i];
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, sides);
  }
}
