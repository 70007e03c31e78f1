package io.secateur.data;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reader of Tiny ImageNet (Stanford CS231n) in its standard layout, from a folder or straight from
 * the zip, with any number of classes and any image size:
 *
 * <pre>
 * wnids.txt                          WordNet ids; label = line number from 0
 * words.txt                          id TAB name; optional, also for other ids
 * train/ID/images/*.JPEG             in the order of their names, shorter ones first
 * val/val_annotations.txt            file TAB id ...; lines of ids that are not in wnids.txt are passed over
 * val/images/
 * </pre>
 *
 * <p>These may lie one folder deeper. {@link Split#TEST} is the validation part: labels of the real
 * test images were never published.
 */
public final class TinyImageNet {
  private static final int MAX_TEXT = 32 << 20;
  private static final int MAX_CLASSES = 10_000;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
  private static final String LAYOUT =
      "Tiny ImageNet's layout: wnids.txt, train/ID/images, val/images, val/val_annotations.txt";

  private final Path root;
  private final List<String> ids;

  private TinyImageNet(Path root) {
    this.root = root;
    this.ids = ids(root.resolve("wnids.txt"));
  }

  /**
   * Reads one split.
   *
   * @param source folder or zip
   * @throws BadData naming the file or archive entry at fault
   */
  public static ImageSet read(Path source, Split split) {
    if (Files.isDirectory(source)) {
      return new TinyImageNet(root(source, source)).read(split);
    }
    if (!Files.isRegularFile(source)) {
      throw new BadData(source.toString(), "does not exist", "a folder or zip in " + LAYOUT);
    }
    try (FileSystem zip = FileSystems.newFileSystem(source)) {
      return new TinyImageNet(root(source, zip.getPath("/"))).read(split);
    } catch (ProviderNotFoundException e) {
      throw new BadData(source.toString(), "is no zip archive", "a folder or zip in " + LAYOUT, e);
    } catch (IOException e) {
      throw new BadData(
          source.toString(),
          "is no intact zip (" + BoundedFile.reason(e) + ")",
          "a folder or zip in " + LAYOUT,
          e);
    }
  }

  private static Path root(Path source, Path top) {
    if (Files.isRegularFile(top.resolve("wnids.txt"))) {
      return top;
    }
    List<Path> entries = FolderImages.entries(top);
    for (Path entry : entries) {
      if (Files.isRegularFile(entry.resolve("wnids.txt"))) {
        return entry;
      }
    }
    for (Path entry : entries) {
      if (FolderImages.fileName(entry).endsWith(".zip")) {
        throw new BadData(source.toString(), "has no wnids.txt", "the zip inside it: " + entry);
      }
    }
    throw new BadData(source.toString(), "has no wnids.txt", LAYOUT);
  }

  private ImageSet read(Split split) {
    List<LabelledFile> files = split == Split.TEST ? validation() : training(split);
    return LabelledFile.decodeAll(
        "tiny-imagenet@" + split.label(), files, names(), Optional.empty(), "");
  }

  private List<LabelledFile> training(Split split) {
    List<LabelledFile> files = new ArrayList<>();
    for (int label = 0; label < ids.size(); label++) {
      Path folder = root.resolve("train").resolve(ids.get(label)).resolve("images");
      if (!Files.isDirectory(folder)) {
        throw new BadData(BoundedFile.describe(folder), "does not exist", LAYOUT);
      }
      int before = files.size();
      for (Path file : FolderImages.entries(folder).stream().sorted(SHORTER_FIRST).toList()) {
        if (LabelledFile.namesImage(FolderImages.fileName(file))) {
          files.add(new LabelledFile(file, label));
        }
      }
      if (files.size() == before) {
        throw new BadData(BoundedFile.describe(folder), "holds no images", "JPEG files");
      }
    }
    int[] labels = files.stream().mapToInt(LabelledFile::label).toArray();
    List<LabelledFile> chosen = new ArrayList<>();
    for (int position : DefenderShare.positions(labels, ids.size(), split)) {
      chosen.add(files.get(position));
    }
    if (chosen.isEmpty()) {
      throw new BadData(
          BoundedFile.describe(root),
          "has only " + files.size() + " training images",
          "at least 4");
    }
    return chosen;
  }

  private static final Comparator<Path> SHORTER_FIRST =
      Comparator.<Path>comparingInt(path -> FolderImages.fileName(path).length())
          .thenComparing(FolderImages::fileName);

  private List<LabelledFile> validation() {
    Path annotations = root.resolve("val").resolve("val_annotations.txt");
    if (!Files.isRegularFile(annotations)) {
      throw new BadData(BoundedFile.describe(annotations), "does not exist", LAYOUT);
    }
    Map<String, Integer> labelOf = new HashMap<>();
    for (int label = 0; label < ids.size(); label++) {
      labelOf.put(ids.get(label), label);
    }
    Map<String, LabelledFile> files = new LinkedHashMap<>();
    for (String line : BoundedFile.lines(annotations, MAX_TEXT)) {
      String[] fields = line.split("\t");
      if (fields.length < 2 || !ID.matcher(fields[0]).matches()) {
        throw new BadData(
            BoundedFile.describe(annotations),
            "has the line '" + shortened(line) + "'",
            "file TAB id");
      }
      Integer label = labelOf.get(fields[1]);
      if (label != null) {
        Path file = root.resolve("val").resolve("images").resolve(fields[0]);
        if (files.put(fields[0], new LabelledFile(file, label)) != null) {
          throw new BadData(
              BoundedFile.describe(annotations),
              "names " + fields[0] + " twice",
              "one line an image");
        }
      }
    }
    if (files.isEmpty()) {
      throw new BadData(
          BoundedFile.describe(annotations), "names no image of a class in wnids.txt", LAYOUT);
    }
    return List.copyOf(files.values());
  }

  private static List<String> ids(Path file) {
    List<String> ids = BoundedFile.lines(file, MAX_TEXT);
    if (ids.size() < 2 || ids.size() > MAX_CLASSES) {
      throw new BadData(
          BoundedFile.describe(file),
          "has " + ids.size() + " ids",
          "2 to " + MAX_CLASSES + ", one a line");
    }
    for (String id : ids) {
      if (!ID.matcher(id).matches()) {
        throw new BadData(
            BoundedFile.describe(file),
            "has the id '" + shortened(id) + "'",
            "ids such as n01443537");
      }
    }
    if (ids.stream().distinct().count() < ids.size()) {
      throw new BadData(BoundedFile.describe(file), "has an id twice", "every id once");
    }
    return ids;
  }

  /** Names from words.txt; the id where there is none. */
  private List<String> names() {
    Map<String, String> words = new HashMap<>();
    Path file = root.resolve("words.txt");
    if (Files.isRegularFile(file)) {
      for (String line : BoundedFile.lines(file, MAX_TEXT)) {
        int tab = line.indexOf('\t');
        if (tab > 0) {
          words.put(line.substring(0, tab), line.substring(tab + 1).strip());
        }
      }
    }
    return ids.stream().map(id -> words.getOrDefault(id, id)).toList();
  }

  private static String shortened(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }
}
