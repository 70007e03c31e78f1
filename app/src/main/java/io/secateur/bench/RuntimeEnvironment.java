package io.secateur.bench;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import io.secateur.text.Reason;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** ONNX Runtime, whose library is unpacked into the system's temporary folder at first use. */
final class RuntimeEnvironment {
  /** A constant, so that it is not collected with the filter that is set on it. */
  private static final Logger LOG = Logger.getLogger("ai.onnxruntime.OnnxRuntime");

  private RuntimeEnvironment() {}

  /**
   * The one environment of this process.
   *
   * @throws IOException if the library cannot be unpacked or loaded
   * @throws OrtException if it is loaded and refuses to begin
   */
  static OrtEnvironment get() throws IOException, OrtException {
    // What went wrong with the unpacking is told to the log alone.
    AtomicReference<@Nullable Throwable> logged = new AtomicReference<>();
    LOG.setFilter(record -> keep(record, logged));
    try {
      OrtEnvironment environment =
          OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      environment.setTelemetry(false);
      return environment;
    } catch (LinkageError e) {
      Throwable told = logged.get();
      throw new IOException(
          "ONNX Runtime's library cannot be unpacked into "
              + System.getProperty("java.io.tmpdir")
              + " and loaded ("
              + Reason.of(origin(told == null ? e : told))
              + "); expected 50 MB of room there, or another folder as -Djava.io.tmpdir",
          e);
    } finally {
      LOG.setFilter(null);
    }
  }

  private static boolean keep(LogRecord entry, AtomicReference<@Nullable Throwable> logged) {
    if (entry.getThrown() != null) {
      logged.set(entry.getThrown());
    }
    return false;
  }

  private static Throwable origin(Throwable failure) {
    Throwable origin = failure;
    while (origin.getCause() != null) {
      origin = origin.getCause();
    }
    return origin;
  }
}
