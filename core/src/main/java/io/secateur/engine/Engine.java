package io.secateur.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch;

/** Process-wide settings of the tensor engine and what the processor can do. */
public final class Engine {
  static {
    Natives.ready();
  }

  private Engine() {}

  /** Sets the number of threads of one operation. */
  public static void threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got " + count);
    }
    torch.set_num_threads(count);
  }

  /** Number of threads of one operation. */
  public static int threads() {
    return torch.get_num_threads();
  }

  /** Seeds the engine's own generator, which dropout uses. */
  public static void seed(long seed) {
    torch.manual_seed(seed);
  }

  /** Version of the engine. */
  public static String version() {
    String packaged = torch.class.getPackage().getImplementationVersion();
    return "libtorch " + (packaged == null ? "(version unknown)" : packaged);
  }

  /**
   * The fastest format for work whose decisions tolerate bfloat16: that, where the processor
   * multiplies it natively (without, it is several times slower than float32), else float32.
   */
  public static NumberFormat fastest() {
    return FASTEST;
  }

  private static final NumberFormat FASTEST = detect();

  private static NumberFormat detect() {
    try {
      String processor = Files.readString(Path.of("/proc/cpuinfo"));
      return processor.contains("avx512_bf16") || processor.contains("amx_bf16")
          ? NumberFormat.BFLOAT16
          : NumberFormat.FLOAT32;
    } catch (IOException e) {
      return NumberFormat.FLOAT32;
    }
  }
}
