package io.secateur.run;

/**
 * What a run gives to an algorithm.
 *
 * @param seeds where all its randomness comes from
 * @param progress where it says how far it is
 * @param checkpoints what it need not do twice
 */
public record RunContext(SeedTree seeds, Progress progress, Checkpoints checkpoints) {
  /** The part of this run called {@code branch}, with randomness and memory of its own. */
  public RunContext under(String branch) {
    return new RunContext(seeds.child(branch), progress, checkpoints.under(branch));
  }

  /** This run where it finds what every run on the same suspect finds alike. */
  public RunContext inCommon() {
    return new RunContext(seeds, progress, checkpoints.inCommon());
  }

  /** A running stopwatch that counts what this run takes from others too. */
  public Stopwatch stopwatch() {
    double before = checkpoints.borrowedSeconds();
    return Stopwatch.on(
        () -> System.nanoTime() + (long) (1e9 * (checkpoints.borrowedSeconds() - before)));
  }

  /** A run that tells and remembers nothing. */
  public static RunContext quiet(long seed) {
    return new RunContext(new SeedTree(seed), Progress.SILENT, Checkpoints.NONE);
  }
}
