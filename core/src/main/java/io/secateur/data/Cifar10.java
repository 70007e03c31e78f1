package io.secateur.data;

import io.secateur.nn.FeatureShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reader of CIFAR-10 in its binary layout (Krizhevsky, "Learning Multiple Layers of Features from
 * Tiny Images", 2009): {@code data_batch_1.bin} … {@code data_batch_5.bin} and {@code
 * test_batch.bin}, each a row of records of one label byte (0 … 9) and 3 × 1,024 bytes, red, green,
 * blue, row-major. {@code batches.meta.txt} with the class names is optional. The order of images
 * is the order of the files.
 */
public final class Cifar10 {
  private static final FeatureShape SHAPE = new FeatureShape(3, 32, 32);
  private static final int RECORD = 1 + 3 * 32 * 32;
  private static final int MAX_FILE = 100_000 * RECORD;
  private static final int MAX_META = 1 << 16;
  private static final String UNPACKED = "cifar-10-batches-bin";
  private static final String BINARY_VERSION =
      "the binary version: data_batch_1.bin ... data_batch_5.bin and test_batch.bin, or a folder "
          + UNPACKED
          + " with them";
  private static final List<String> TRAIN_FILES =
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin");
  private static final List<String> TEST_FILES = List.of("test_batch.bin");
  private static final List<String> CLASS_NAMES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private Cifar10() {}

  /**
   * Reads one split.
   *
   * @param directory the folder with the files, or one that holds {@code cifar-10-batches-bin}
   * @throws BadData naming the file if one is missing, cut off, or has a label above 9
   */
  public static ImageSet read(Path directory, Split split) {
    Path folder =
        Files.isDirectory(directory.resolve(UNPACKED)) ? directory.resolve(UNPACKED) : directory;
    List<String> wanted = split == Split.TEST ? TEST_FILES : TRAIN_FILES;
    List<String> missing =
        wanted.stream().filter(file -> !Files.isRegularFile(folder.resolve(file))).toList();
    if (!missing.isEmpty()) {
      throw new BadData(
          folder.toString(),
          Files.isDirectory(folder) ? "misses " + String.join(", ", missing) : "is no folder",
          BINARY_VERSION);
    }
    List<byte[]> files = new ArrayList<>();
    int records = 0;
    for (String file : wanted) {
      byte[] content = records(folder.resolve(file));
      records += content.length / RECORD;
      files.add(content);
    }
    int[] labels = new int[records];
    int next = 0;
    for (byte[] content : files) {
      for (int at = 0; at < content.length; at += RECORD) {
        labels[next++] = content[at];
      }
    }
    int[] chosen =
        split == Split.TEST
            ? Partition.ascending(records)
            : DefenderShare.positions(labels, CLASS_NAMES.size(), split);
    return assemble("cifar10@" + split.label(), classNames(folder), files, labels, chosen);
  }

  private static ImageSet assemble(
      String name, List<String> classNames, List<byte[]> files, int[] labels, int[] chosen) {
    byte[] pixels = ImageSet.room(name, chosen.length, SHAPE);
    int[] chosenLabels = new int[chosen.length];
    int file = 0;
    int first = 0;
    for (int k = 0; k < chosen.length; k++) {
      while ((chosen[k] - first) * RECORD >= files.get(file).length) {
        first += files.get(file).length / RECORD;
        file++;
      }
      System.arraycopy(
          files.get(file),
          (chosen[k] - first) * RECORD + 1,
          pixels,
          k * SHAPE.size(),
          SHAPE.size());
      chosenLabels[k] = labels[chosen[k]];
    }
    return new ImageSet(name, SHAPE, classNames, chosenLabels, pixels);
  }

  private static byte[] records(Path file) {
    byte[] content = BoundedFile.bytes(file, MAX_FILE);
    String whole = "records of " + RECORD + " bytes (the official files have 10000)";
    if (content.length == 0) {
      throw new BadData(file.toString(), "is empty", whole);
    }
    if (content.length % RECORD != 0) {
      throw new BadData(
          file.toString(),
          "is cut off or no CIFAR-10 batch: its "
              + content.length
              + " bytes are "
              + content.length / RECORD
              + " records and "
              + content.length % RECORD
              + " bytes",
          "whole " + whole);
    }
    for (int at = 0; at < content.length; at += RECORD) {
      int label = content[at] & 0xFF;
      if (label >= CLASS_NAMES.size()) {
        throw new BadData(
            file.toString(), "record " + at / RECORD + " has label " + label, "labels 0 to 9");
      }
    }
    return content;
  }

  private static List<String> classNames(Path folder) {
    Path meta = folder.resolve("batches.meta.txt");
    if (!Files.isRegularFile(meta)) {
      return CLASS_NAMES;
    }
    List<String> names = BoundedFile.lines(meta, MAX_META);
    if (names.size() != CLASS_NAMES.size()) {
      throw new BadData(
          meta.toString(),
          "has " + names.size() + " class names",
          "10, one a line, or no such file");
    }
    return names;
  }
}
