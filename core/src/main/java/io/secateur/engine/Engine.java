package io.secateur.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/** Process-wide settings of the tensor engine and what the processor can do. */
public final class Engine {
  private static final List<String> WIDEST_FIRST =
      List.of("amx_bf16", "avx512_bf16", "avx512f", "avx2");

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
   * What sums are taken by: the library's version and the widest instructions of the processor that
   * it knows. Where these differ, the same work may come to other last digits.
   */
  public static String arithmetic() {
    return version() + ", " + INSTRUCTIONS;
  }

  /**
   * The fastest format for work whose decisions tolerate bfloat16: that, where the processor
   * multiplies it natively (without, it is several times slower than float32), else float32.
   */
  public static NumberFormat fastest() {
    return FASTEST;
  }

  private static final String INSTRUCTIONS = instructions();

  private static final NumberFormat FASTEST =
      INSTRUCTIONS.endsWith("bf16") ? NumberFormat.BFLOAT16 : NumberFormat.FLOAT32;

  private static String instructions() {
    try {
      String processor = Files.readString(Path.of("/proc/cpuinfo"));
      return WIDEST_FIRST.stream()
          .filter(processor::contains)
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return System.getProperty("os.arch");
    }
  }
}
