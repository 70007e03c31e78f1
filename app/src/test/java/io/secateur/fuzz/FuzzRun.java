package io.secateur.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Fuzzes all readers until the result file counts as many inputs as asked for:
 *
 * <pre>
 * mvn -Pfuzz -pl app -am test -Dfuzz.inputs=10000000 -Dfuzz.seed=1
 * </pre>
 *
 * <p>Batch after batch is written to the result file; those it holds are not done again, so that a
 * run goes on where it was stopped, and runs with other seeds add to it.
 */
public final class FuzzRun {
  private FuzzRun() {}

  /** Arguments: inputs, first seed, result file, folder for samples that break a reader. */
  public static void main(String[] args) throws Exception {
    GuidedLoader loader = new GuidedLoader(FuzzRun.class.getClassLoader());
    Thread.currentThread().setContextClassLoader(loader);
    Class<?> rounds = Class.forName("io.secateur.fuzz.FuzzRounds", true, loader);
    rounds
        .getMethod("run", long.class, long.class, Path.class, Path.class)
        .invoke(
            null,
            Long.parseLong(args[0]),
            Long.parseLong(args[1]),
            Path.of(args[2]).toAbsolutePath(),
            Files.createDirectories(Path.of(args[3])).toAbsolutePath());
  }
}
