package io.secateur.engine;

import io.secateur.text.Reason;
import java.io.IOException;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.StringSupplier;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks the tensor engine's libraries before the first of them is loaded.
 *
 * <p>Left to itself JavaCPP unpacks and loads them one by one, {@code libtorch} before the {@code
 * libtorch_cpu} that it needs. On the very first run the system's loader then takes a {@code
 * libtorch_cpu} of another version if the system has one, and the process dies of two copies in one
 * address space. Every class here that touches the engine calls {@link #ready()} before it does.
 */
final class Natives {
  private static final List<String> NEEDED_BY_OTHERS =
      List.of("c10", "torch_cpu", "c10_cuda", "torch_cuda");

  private static final Start START = start();

  private Natives() {}

  /**
   * Returns when all libraries are unpacked. Free after the first call.
   *
   * @throws EngineUnavailable if they cannot be unpacked or loaded, at every call
   */
  static void ready() {
    EngineUnavailable failure = START.failure();
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * How it went; a failure is kept, because a class whose initialiser threw does not say why again.
   *
   * @param noTrace what the engine asks for native traces, kept because it keeps the address
   */
  private record Start(@Nullable StringSupplier noTrace, @Nullable EngineUnavailable failure) {}

  private static Start start() {
    try {
      unpack();
      StringSupplier noTrace = new NoTrace();
      torch.SetStackTraceFetcher(noTrace);
      // Where oneDNN is out of use NNPACK would be asked instead, and says on standard error, at
      // every convolution, that it does not know the processor.
      torch.globalContext().setUserEnabledNNPACK(false);
      return new Start(noTrace, null);
    } catch (IOException e) {
      return new Start(
          null,
          new EngineUnavailable(
              "the tensor engine's libraries cannot be unpacked into "
                  + cache()
                  + " ("
                  + Reason.of(e)
                  + "); expected 500 MB of room there, or another folder as"
                  + " -Dorg.bytedeco.javacpp.cachedir",
              e));
    } catch (LinkageError e) {
      return new Start(
          null,
          new EngineUnavailable(
              "the tensor engine's libraries cannot be loaded ("
                  + Reason.of(e)
                  + "); expected a build for "
                  + Loader.getPlatform(),
              e));
    }
  }

  /** The folder that JavaCPP unpacks to, made if it can be. */
  private static String cache() {
    try {
      return String.valueOf(Loader.getCacheDir());
    } catch (IOException e) {
      return System.getProperty("org.bytedeco.javacpp.cachedir", "any of its folders");
    }
  }

  /** The empty text. */
  private static final class NoTrace extends StringSupplier {
    private final BytePointer empty = new BytePointer("");

    NoTrace() {
      super();
    }

    @Override
    public BytePointer call() {
      return empty;
    }
  }

  private static void unpack() throws IOException {
    for (String platform : List.of(Loader.getPlatform(), Loader.getPlatform() + "-gpu")) {
      for (String library : NEEDED_BY_OTHERS) {
        String resource =
            "/org/bytedeco/pytorch/" + platform + "/" + System.mapLibraryName(library);
        if (Natives.class.getResource(resource) != null) {
          Loader.cacheResource(Natives.class, resource);
        }
      }
    }
  }
}
