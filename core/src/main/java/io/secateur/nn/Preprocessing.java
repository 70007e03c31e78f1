package io.secateur.nn;

import java.util.Arrays;
import java.util.Locale;

/**
 * Per-channel normalisation of images in [0, 1]: (v − mean) / std. Part of the model, because a
 * wrong value silently ruins every measurement.
 */
public final class Preprocessing {
  /** Images as they are, in [0, 1]. */
  public static final Preprocessing UNIT =
      new Preprocessing(new float[] {0, 0, 0}, new float[] {1, 1, 1});

  /** CIFAR-10 training statistics. */
  public static final Preprocessing CIFAR10 =
      new Preprocessing(
          new float[] {0.4914f, 0.4822f, 0.4465f}, new float[] {0.2470f, 0.2435f, 0.2616f});

  /** ImageNet training statistics. */
  public static final Preprocessing IMAGENET =
      new Preprocessing(new float[] {0.485f, 0.456f, 0.406f}, new float[] {0.229f, 0.224f, 0.225f});

  private final float[] mean;
  private final float[] std;

  /** One mean and one positive standard deviation for each channel. */
  public Preprocessing(float[] mean, float[] std) {
    if (mean.length != std.length || mean.length == 0) {
      throw new IllegalArgumentException("mean has " + mean.length + " values, std " + std.length);
    }
    for (int c = 0; c < std.length; c++) {
      if (!Float.isFinite(mean[c]) || !(std[c] > 0) || !Float.isFinite(std[c])) {
        throw new IllegalArgumentException(
            "mean must be finite and std positive, got " + mean[c] + " and " + std[c]);
      }
    }
    this.mean = mean.clone();
    this.std = std.clone();
  }

  /** Images of {@code channels} channels as they are, in [0, 1]. */
  public static Preprocessing unit(int channels) {
    float[] ones = new float[channels];
    Arrays.fill(ones, 1);
    return new Preprocessing(new float[channels], ones);
  }

  /**
   * Reads {@code unit}, {@code cifar10}, {@code imagenet} or {@code mean=a,b,c;std=a,b,c}.
   *
   * @throws IllegalArgumentException naming the text and what would be accepted
   */
  public static Preprocessing parse(String text) {
    switch (text.toLowerCase(Locale.ROOT)) {
      case "unit":
        return UNIT;
      case "cifar10":
        return CIFAR10;
      case "imagenet":
        return IMAGENET;
      default:
        break;
    }
    String[] parts = text.split(";", -1);
    if (parts.length == 2 && parts[0].startsWith("mean=") && parts[1].startsWith("std=")) {
      try {
        return new Preprocessing(numbers(parts[0].substring(5)), numbers(parts[1].substring(4)));
      } catch (IllegalArgumentException e) {
        throw unknown(text + "' (" + e.getMessage() + ")");
      }
    }
    throw unknown(text + "'");
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "preprocessing '" + text + ": expected unit, cifar10, imagenet or mean=r,g,b;std=r,g,b");
  }

  private static float[] numbers(String list) {
    String[] fields = list.split(",", -1);
    float[] values = new float[fields.length];
    for (int i = 0; i < fields.length; i++) {
      values[i] = Float.parseFloat(fields[i].trim());
    }
    return values;
  }

  /** Mean per channel. */
  public float[] mean() {
    return mean.clone();
  }

  /** Standard deviation per channel. */
  public float[] std() {
    return std.clone();
  }

  /** Number of channels this applies to. */
  public int channels() {
    return mean.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Preprocessing that
        && Arrays.equals(mean, that.mean)
        && Arrays.equals(std, that.std);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(mean) + Arrays.hashCode(std);
  }

  /** A text that {@link #parse} reads back. */
  @Override
  public String toString() {
    if (equals(UNIT)) {
      return "unit";
    }
    if (equals(CIFAR10)) {
      return "cifar10";
    }
    if (equals(IMAGENET)) {
      return "imagenet";
    }
    return "mean=" + join(mean) + ";std=" + join(std);
  }

  private static String join(float[] values) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < values.length; i++) {
      text.append(i == 0 ? "" : ",").append(values[i]);
    }
    return text.toString();
  }
}
