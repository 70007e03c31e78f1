package io.secateur.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.StringSupplier;
import org.bytedeco.pytorch.global.torch;

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

  /** Native traces in messages of the engine: none. Kept, because the engine keeps its address. */
  private static final StringSupplier NO_TRACE;

  static {
    unpack();
    NO_TRACE = new NoTrace();
    torch.SetStackTraceFetcher(NO_TRACE);
  }

  private Natives() {}

  /** Returns when all libraries are unpacked. Free after the first call. */
  static void ready() {
    // The work is done when this class is initialised.
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

  private static void unpack() {
    for (String platform : List.of(Loader.getPlatform(), Loader.getPlatform() + "-gpu")) {
      for (String library : NEEDED_BY_OTHERS) {
        String resource =
            "/org/bytedeco/pytorch/" + platform + "/" + System.mapLibraryName(library);
        if (Natives.class.getResource(resource) != null) {
          try {
            Loader.cacheResource(Natives.class, resource);
          } catch (IOException e) {
            throw new UncheckedIOException(
                "Cannot unpack " + library + " into JavaCPP's cache; is there 500 MB of room?", e);
          }
        }
      }
    }
  }
}
