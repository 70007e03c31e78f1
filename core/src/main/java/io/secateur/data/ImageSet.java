package io.secateur.data;

import io.secateur.nn.FeatureShape;
import io.secateur.text.Hash;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Labelled images, all of one shape, in memory. Pixels are unsigned bytes [N, C, H, W], row-major
 * from the top-left pixel, planes in the order red, green, blue; labels are 0 … classes − 1.
 * Immutable.
 */
public final class ImageSet {
  private static final float[] UNIT = new float[256];

  static {
    for (int v = 0; v < UNIT.length; v++) {
      UNIT[v] = v / 255f;
    }
  }

  private final String name;
  private final FeatureShape shape;
  private final List<String> classNames;
  private final int[] labels;
  private final byte[] pixels;
  private volatile String sha256 = "";

  /** Takes the arrays over: the caller must not write to them any more. */
  ImageSet(String name, FeatureShape shape, List<String> classNames, int[] labels, byte[] pixels) {
    if (pixels.length != (long) labels.length * shape.size()) {
      throw new IllegalArgumentException(
          pixels.length + " bytes are not " + labels.length + " images of " + shape);
    }
    for (int label : labels) {
      if (label < 0 || label >= classNames.size()) {
        throw new IllegalArgumentException(
            "label " + label + " with " + classNames.size() + " classes");
      }
    }
    this.name = name;
    this.shape = shape;
    this.classNames = List.copyOf(classNames);
    this.labels = labels;
    this.pixels = pixels;
  }

  /**
   * A set with copies of {@code labels} [N] and {@code pixels} [N, C, H, W].
   *
   * @throws IllegalArgumentException if sizes do not fit or a label has no class name
   */
  public static ImageSet of(
      String name, FeatureShape shape, List<String> classNames, int[] labels, byte[] pixels) {
    return new ImageSet(name, shape, classNames, labels.clone(), pixels.clone());
  }

  /**
   * Room for the pixels of {@code count} images.
   *
   * @throws BadData if they do not fit one array or the heap
   */
  static byte[] room(String where, long count, FeatureShape shape) {
    long bytes = count * shape.size();
    long limit = Math.min(Integer.MAX_VALUE - 16L, Runtime.getRuntime().maxMemory() / 10 * 8);
    if (bytes > limit) {
      throw new BadData(
          where,
          count + " images of " + shape + " take " + (bytes >> 20) + " MiB",
          "at most " + (limit >> 20) + " MiB with this heap (-Xmx), and never more than 2047");
    }
    return new byte[(int) bytes];
  }

  /** What the set is called in messages and results, such as {@code cifar10@test}. */
  public String name() {
    return name;
  }

  /** Number of images. */
  public int size() {
    return labels.length;
  }

  /** Shape of one image. */
  public FeatureShape shape() {
    return shape;
  }

  /** Number of classes, also of those without an image here. */
  public int classes() {
    return classNames.size();
  }

  /** Name of each class, by label. */
  public List<String> classNames() {
    return classNames;
  }

  /** Label of image {@code i}. */
  public int label(int i) {
    return labels[i];
  }

  /** Labels of all images, a copy. */
  public int[] labels() {
    return labels.clone();
  }

  /** Labels of the images at {@code indices}, in their order. */
  public int[] labels(int[] indices) {
    return Arrays.stream(indices).map(i -> labels[i]).toArray();
  }

  /** Number of images of each class, by label. */
  public int[] counts() {
    return Partition.counts(labels, classes());
  }

  /** Indices 0 … size − 1. */
  public int[] indices() {
    return Partition.ascending(size());
  }

  /** Indices of the images of class {@code label}, ascending. */
  public int[] only(int label) {
    return IntStream.range(0, size()).filter(i -> labels[i] == label).toArray();
  }

  /** Indices of the images of every class but {@code label}, ascending. */
  public int[] without(int label) {
    return IntStream.range(0, size()).filter(i -> labels[i] != label).toArray();
  }

  /** The images at {@code indices}, in their order, as a set of its own. */
  public ImageSet select(int[] indices) {
    int stride = shape.size();
    byte[] chosen = room(name, indices.length, shape);
    for (int k = 0; k < indices.length; k++) {
      System.arraycopy(pixels, indices[k] * stride, chosen, k * stride, stride);
    }
    return new ImageSet(name, shape, classNames, labels(indices), chosen);
  }

  /**
   * These images and then those of {@code more}, as a set called {@code name}.
   *
   * @throws IllegalArgumentException if they differ in shape or classes
   */
  public ImageSet and(ImageSet more, String name) {
    if (!shape.equals(more.shape) || !classNames.equals(more.classNames)) {
      throw new IllegalArgumentException(this + " and " + more + " are not of one kind");
    }
    byte[] both = room(name, (long) size() + more.size(), shape);
    System.arraycopy(pixels, 0, both, 0, pixels.length);
    System.arraycopy(more.pixels, 0, both, pixels.length, more.pixels.length);
    int[] bothLabels =
        IntStream.concat(Arrays.stream(labels), Arrays.stream(more.labels)).toArray();
    return new ImageSet(name, shape, classNames, bothLabels, both);
  }

  /** The same images under another name. */
  public ImageSet named(String other) {
    return new ImageSet(other, shape, classNames, labels, pixels);
  }

  /** Pixels of image {@code i}, unsigned bytes [C, H, W], a copy. */
  public byte[] pixels(int i) {
    return Arrays.copyOfRange(pixels, i * shape.size(), (i + 1) * shape.size());
  }

  /** The images at {@code indices} as values v / 255 in [0, 1], [indices.length, C, H, W]. */
  public float[] floats(int[] indices) {
    int stride = shape.size();
    float[] values = new float[Math.multiplyExact(indices.length, stride)];
    for (int k = 0; k < indices.length; k++) {
      int from = indices[k] * stride;
      for (int j = 0, to = k * stride; j < stride; j++) {
        values[to + j] = UNIT[pixels[from + j] & 0xFF];
      }
    }
    return values;
  }

  /**
   * Hash of the content, for provenance: SHA-256 in lower-case hexadecimal over N, C, H, W and the
   * number of classes (32-bit big-endian), each class name (UTF-8, ended by a zero byte), the
   * labels (32-bit big-endian), the pixels. The name has no part. Computed once, on the first call.
   */
  public String sha256() {
    String known = sha256;
    if (known.isEmpty()) {
      known = computeSha256();
      sha256 = known;
    }
    return known;
  }

  private String computeSha256() {
    MessageDigest digest = Hash.sha256();
    ByteBuffer numbers = ByteBuffer.allocate(Integer.BYTES * (5 + labels.length));
    numbers.putInt(size()).putInt(shape.channels()).putInt(shape.height()).putInt(shape.width());
    numbers.putInt(classes());
    digest.update(numbers.array(), 0, numbers.position());
    for (String className : classNames) {
      digest.update(className.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    numbers.clear();
    for (int label : labels) {
      numbers.putInt(label);
    }
    digest.update(numbers.array(), 0, numbers.position());
    digest.update(pixels);
    return Hash.hex(digest);
  }

  @Override
  public String toString() {
    return name + " (" + size() + " images of " + shape + ", " + classes() + " classes)";
  }
}
