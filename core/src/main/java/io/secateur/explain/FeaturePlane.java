package io.secateur.explain;

import io.secateur.nn.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Clean and triggered images as two networks see them: their penultimate features in the plane of
 * the two principal components of those of the first network, before the repair.
 *
 * @param node that yields the features
 * @param width features per image
 * @param share of the variance of the features before that the plane shows, in [0, 1]
 * @param takenBefore share of the triggered images whose features before lie nearest to the mean of
 *     the clean images of the label that the trigger forces, in [0, 1]
 * @param takenAfter the same of the features after
 * @param points the clean images, then the triggered ones
 */
public record FeaturePlane(
    String node,
    int width,
    double share,
    double takenBefore,
    double takenAfter,
    List<Point> points) {
  /** Copies the list. */
  public FeaturePlane {
    points = List.copyOf(points);
  }

  /** An image with its own label, before and after the repair. */
  public record Point(int label, boolean triggered, Place before, Place after) {}

  /** Coordinates along the first and the second component. */
  public record Place(double x, double y) {}

  /**
   * The plane of {@code before}, which must have penultimate features; {@code after} has as many.
   */
  public static FeaturePlane of(Network before, Network after, ProbeImages images) {
    float[][] first = PenultimateFeatures.of(before, images.all());
    float[][] second = before == after ? first : PenultimateFeatures.of(after, images.all());
    PrincipalComponents components = PrincipalComponents.of(first);
    double[][] from = components.project(first);
    double[][] to = components.project(second);
    int clean = images.labels().length;
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < from.length; i++) {
      points.add(
          new Point(
              i < clean ? images.labels()[i] : images.owners()[i - clean],
              i >= clean,
              new Place(from[i][0], from[i][1]),
              new Place(to[i][0], to[i][1])));
    }
    return new FeaturePlane(
        PenultimateFeatures.node(before).orElseThrow(),
        first[0].length,
        components.share(first),
        taken(first, images, before.classes()),
        taken(second, images, before.classes()),
        points);
  }

  private static double taken(float[][] features, ProbeImages images, int classes) {
    int clean = images.labels().length;
    int width = features[0].length;
    double[][] means = new double[classes][width];
    int[] counts = new int[classes];
    for (int i = 0; i < clean; i++) {
      counts[images.labels()[i]]++;
      for (int f = 0; f < width; f++) {
        means[images.labels()[i]][f] += features[i][f];
      }
    }
    for (int label = 0; label < classes; label++) {
      int count = counts[label];
      means[label] = Arrays.stream(means[label]).map(sum -> sum / Math.max(1, count)).toArray();
    }
    int taken = 0;
    for (int i = 0; i < images.targets().length; i++) {
      taken += nearest(features[clean + i], means, counts) == images.targets()[i] ? 1 : 0;
    }
    return images.targets().length == 0 ? 0 : (double) taken / images.targets().length;
  }

  private static int nearest(float[] row, double[][] means, int[] counts) {
    int nearest = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int label = 0; label < means.length; label++) {
      double distance = 0;
      for (int f = 0; f < row.length; f++) {
        distance += (row[f] - means[label][f]) * (row[f] - means[label][f]);
      }
      if (counts[label] > 0 && distance < least) {
        least = distance;
        nearest = label;
      }
    }
    return nearest;
  }
}
