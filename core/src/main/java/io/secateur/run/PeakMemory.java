package io.secateur.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The most memory that this process has held, heap and native together. */
public final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";
  private static final int KIBIBYTE = 1024;

  private PeakMemory() {}

  /** Largest resident size so far, in bytes; empty where the system does not tell. */
  public static Optional<Long> bytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(PEAK)) {
          String kibibytes = line.substring(PEAK.length()).replace("kB", "").strip();
          return Optional.of(KIBIBYTE * Long.parseLong(kibibytes));
        }
      }
    } catch (IOException e) {
      // No such file outside Linux.
    }
    return Optional.empty();
  }
}
