package io.secateur.bench;

import io.secateur.metric.Proportion;
import io.secateur.run.Provenance;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a training gave, as it is stored beside the model.
 *
 * @param arguments the command line that gives it again
 * @param attack name of the attack
 * @param settings of the attack
 * @param poisoned images of an epoch that bore the trigger
 * @param training how the network was trained, in words
 * @param test name of the images measured on; empty if none
 * @param cleanAccuracy on them
 * @param trueAsr attack success on them, of the stored trigger
 * @param recoveryAccuracy triggered images of them given their own label
 * @param epochs the course of the training
 * @param seconds that the epochs took together
 * @param imagesPerSecond trained in the median epoch, of those that were not interrupted
 * @param peakMemoryBytes most memory that the process held, where the system tells
 */
public record InfectResult(
    int schemaVersion,
    List<String> arguments,
    String attack,
    Map<String, String> settings,
    int poisoned,
    Model model,
    Data data,
    String training,
    Optional<String> test,
    Optional<Proportion> cleanAccuracy,
    Optional<Proportion> trueAsr,
    Optional<Proportion> recoveryAccuracy,
    List<Epoch> epochs,
    double seconds,
    double imagesPerSecond,
    Optional<Long> peakMemoryBytes,
    Provenance versions) {

  /** The trained network's file. */
  public record Model(
      String file,
      String sha256,
      long bytes,
      String elements,
      String architecture,
      String preprocessing) {}

  /** The images trained on. */
  public record Data(String name, String sha256, int images) {}

  /**
   * One epoch.
   *
   * @param epoch from 1
   * @param loss mean over its batches
   * @param cleanAccuracy in percent on the watched images
   * @param attackSuccess in percent on them, if the trigger is known before the end
   * @param seconds it took, measuring left out
   * @param resumed true if it went on where another process was interrupted: the seconds are those
   *     of its rest; else absent
   */
  public record Epoch(
      int epoch,
      double loss,
      Optional<Double> cleanAccuracy,
      Optional<Double> attackSuccess,
      double seconds,
      Optional<Boolean> resumed) {
    /** A file of an earlier version lacks a value. */
    public Epoch {
      resumed = resumed == null ? Optional.empty() : resumed;
    }
  }

  /** Median of what epochs took, of those that were not interrupted if there are any. */
  static double medianSeconds(List<Epoch> epochs) {
    double[] whole =
        epochs.stream()
            .filter(epoch -> epoch.resumed().isEmpty())
            .mapToDouble(Epoch::seconds)
            .sorted()
            .toArray();
    double[] seconds =
        whole.length > 0 ? whole : epochs.stream().mapToDouble(Epoch::seconds).sorted().toArray();
    return seconds[seconds.length / 2];
  }
}
