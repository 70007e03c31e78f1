package io.secateur.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What made a result.
 *
 * @param product version of this program
 * @param engine name and version of the tensor engine
 * @param java version and vendor of the Java machine
 * @param system operating system and architecture
 * @param processor model name, where the system tells
 * @param cores processors available to the process
 * @param startedAt when the run began: UTC
 * @param seed root of all randomness
 */
public record Provenance(
    String product,
    String engine,
    String java,
    String system,
    String processor,
    int cores,
    String startedAt,
    long seed) {

  /** Asks the system for everything that is not given. */
  public static Provenance collect(String product, String engine, String startedAt, long seed) {
    return new Provenance(
        product,
        engine,
        System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"),
        processorName(),
        Runtime.getRuntime().availableProcessors(),
        startedAt,
        seed);
  }

  private static String processorName() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      // No such file outside Linux: the answer below is true.
    }
    return "unknown";
  }
}
