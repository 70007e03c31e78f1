package io.secateur.engine;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/**
 * Whether oneDNN, which computes libtorch's convolutions, is right on this processor. On an AMD Zen
 * 5 (libtorch 2.10, its kernels for AVX-512) it was not where channels were no multiple of 16: its
 * gradient with respect to images that do not lie channels-last was wrong from two images on, some
 * outputs of odd numbers of channels were, and a process died of a damaged heap. Convolutions of
 * several groups were right there.
 */
final class OneDnn {
  static {
    Natives.ready();
  }

  private static final boolean WRONG = tried();

  private OneDnn() {}

  /**
   * Whether it is in use and was found wrong in a few small convolutions of one group in float32,
   * tried once in a process.
   */
  static boolean wrong() {
    return WRONG && torch.globalContext().userEnabledMkldnn();
  }

  /**
   * What {@code body} yields with the library's own, slower convolutions. Not for several threads.
   */
  static <T> T without(Supplier<T> body) {
    Context context = torch.globalContext();
    boolean before = context.userEnabledMkldnn();
    context.setUserEnabledMkldnn(false);
    try {
      return body.get();
    } finally {
      context.setUserEnabledMkldnn(before);
    }
  }

  /** Tries it. In float32, also where whoever asks computes in mixed precision. */
  static boolean tried() {
    boolean mixed = torch.is_autocast_enabled(DeviceType.CPU);
    torch.set_autocast_enabled(DeviceType.CPU, false);
    try {
      return wrong(2, 3, 8) || wrong(2, 16, 5) || wrong(8, 4, 24);
    } finally {
      torch.set_autocast_enabled(DeviceType.CPU, mixed);
    }
  }

  private static boolean wrong(int images, int channels, int filters) {
    // Whoever asks may not be recording gradients.
    try (AutoGradMode recording = new AutoGradMode(true);
        Scope scope = Scope.open()) {
      Tensor x = random(images, channels, 3, 3).requireGradient();
      Tensor w = random(filters, channels, 3, 3);
      float[] fast = gradient(x, w);
      float[] own = without(() -> gradient(x, w));
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
