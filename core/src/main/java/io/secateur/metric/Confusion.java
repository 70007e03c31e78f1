package io.secateur.metric;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** How many images of each class were taken for which class. Immutable. */
public final class Confusion {
  private final int[][] counts;

  private Confusion(int[][] counts) {
    this.counts = counts;
  }

  /**
   * Counts {@code predicted} against {@code labels}.
   *
   * @throws IllegalArgumentException if the arrays differ in length or hold what is no class
   */
  public static Confusion of(int classes, int[] labels, int[] predicted) {
    if (labels.length != predicted.length) {
      throw new IllegalArgumentException(
          labels.length + " labels for " + predicted.length + " predictions");
    }
    int[][] counts = new int[classes][classes];
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes || predicted[i] < 0 || predicted[i] >= classes) {
        throw new IllegalArgumentException(
            "label " + labels[i] + " taken for " + predicted[i] + " with " + classes + " classes");
      }
      counts[labels[i]][predicted[i]]++;
    }
    return new Confusion(counts);
  }

  /** Number of classes. */
  public int classes() {
    return counts.length;
  }

  /** Images of class {@code label} that were taken for {@code predicted}. */
  public int count(int label, int predicted) {
    return counts[label][predicted];
  }

  /** Images of class {@code label}. */
  public int images(int label) {
    return Arrays.stream(counts[label]).sum();
  }

  /** Share of the images of one class that got their label; empty without such images. */
  public Optional<Proportion> accuracy(int label) {
    int n = images(label);
    return n == 0 ? Optional.empty() : Optional.of(Proportion.of(counts[label][label], n));
  }

  /** Share of all images that got their label. */
  public Proportion accuracy() {
    int right = 0;
    int n = 0;
    for (int label = 0; label < counts.length; label++) {
      right += counts[label][label];
      n += images(label);
    }
    return Proportion.of(right, n);
  }

  /**
   * Share of all images that were taken for the class wanted for them.
   *
   * @param wanted from an image's label to that class
   */
  public Proportion takenFor(IntUnaryOperator wanted) {
    int taken = 0;
    int n = 0;
    for (int label = 0; label < counts.length; label++) {
      taken += counts[label][wanted.applyAsInt(label)];
      n += images(label);
    }
    return Proportion.of(taken, n);
  }

  /** A copy of all counts, [label][predicted]. */
  public int[][] counts() {
    return Arrays.stream(counts).map(int[]::clone).toArray(int[][]::new);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Confusion that && Arrays.deepEquals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(counts);
  }

  @Override
  public String toString() {
    return "Confusion" + Arrays.deepToString(counts);
  }
}
