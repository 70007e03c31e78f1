package io.secateur.data;

import io.secateur.data.ImageDecoder.Decoded;
import io.secateur.nn.FeatureShape;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An image file and its class. */
record LabelledFile(Path path, int label) {
  private static final int MAX_FILE = 32 << 20;
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg", ".bmp");

  /** Whether a file's name says that it is an image of a known format. */
  static boolean namesImage(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(lower::endsWith);
  }

  /**
   * Decodes all files, in order.
   *
   * @param files at least one
   * @param resizing what makes them images of one size; none if they are
   * @param remedy what can be done if they are not
   * @throws BadData naming the file that cannot be decoded, or that differs in size from the first
   */
  static ImageSet decodeAll(
      String name,
      List<LabelledFile> files,
      List<String> classNames,
      Optional<Resizing> resizing,
      String remedy) {
    Path firstPath = files.get(0).path();
    Decoded first = decode(firstPath, resizing);
    FeatureShape shape = new FeatureShape(3, first.height(), first.width());
    byte[] pixels = ImageSet.room(BoundedFile.describe(firstPath), files.size(), shape);
    int[] labels = new int[files.size()];
    for (int i = 0; i < labels.length; i++) {
      Path path = files.get(i).path();
      Decoded image = i == 0 ? first : decode(path, resizing);
      if (image.width() != first.width() || image.height() != first.height()) {
        throw new BadData(
            BoundedFile.describe(path),
            "is " + image.width() + "x" + image.height() + " pixels",
            first.width()
                + "x"
                + first.height()
                + " like "
                + BoundedFile.describe(firstPath)
                + ": all images of a set have one size"
                + remedy);
      }
      System.arraycopy(image.planes(), 0, pixels, i * shape.size(), shape.size());
      labels[i] = files.get(i).label();
    }
    return new ImageSet(name, shape, classNames, labels, pixels);
  }

  private static Decoded decode(Path path, Optional<Resizing> resizing) {
    String where = BoundedFile.describe(path);
    byte[] bytes = BoundedFile.bytes(path, MAX_FILE);
    Decoded image = ImageDecoder.decode(where, bytes, resizing.isPresent());
    return resizing.map(how -> how.apply(where, image)).orElse(image);
  }
}
