package io.secateur.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reader of a folder that has a sub-folder per class with PNG, JPEG or BMP images, of one size or
 * brought to one. Labels follow the sub-folders' names in the order of their characters' codes;
 * images follow theirs. Hidden files and files that are no images are passed over, but an image
 * that would be lost silently (unknown format, not in a class, too deep) is refused.
 */
public final class FolderImages {
  private static final String LAYOUT = "a sub-folder per class that holds PNG, JPEG or BMP files";
  private static final List<String> OTHER_IMAGES =
      List.of(".gif", ".webp", ".tif", ".tiff", ".avif", ".heic");

  private FolderImages() {}

  /**
   * Reads the whole folder.
   *
   * @param resizing what makes its images as large as each other; none if they are
   * @throws BadData naming the file or folder at fault
   */
  public static ImageSet read(Path root, Optional<Resizing> resizing) {
    if (!Files.isDirectory(root)) {
      throw new BadData(root.toString(), "is no folder", LAYOUT);
    }
    List<Path> classes = new ArrayList<>();
    for (Path entry : entries(root)) {
      if (Files.isDirectory(entry)) {
        classes.add(entry);
      } else if (isImage(entry)) {
        throw new BadData(entry.toString(), "lies outside the class folders", LAYOUT);
      }
    }
    if (classes.size() < 2) {
      throw new BadData(
          root.toString(), "has " + classes.size() + " class folders", "at least two, " + LAYOUT);
    }
    List<LabelledFile> files = new ArrayList<>();
    for (int label = 0; label < classes.size(); label++) {
      for (Path file : images(classes.get(label))) {
        files.add(new LabelledFile(file, label));
      }
    }
    List<String> names = classes.stream().map(FolderImages::fileName).toList();
    return LabelledFile.decodeAll(
        "folder:"
            + fileName(root.toAbsolutePath().normalize())
            + resizing.map(how -> "@" + how).orElse(""),
        files,
        names,
        resizing,
        "; folder:DIR@SIDE scales them");
  }

  private static List<Path> images(Path folder) {
    List<Path> images = new ArrayList<>();
    for (Path entry : entries(folder)) {
      if (Files.isDirectory(entry)) {
        throw new BadData(entry.toString(), "is a folder inside a class folder", LAYOUT);
      }
      if (isImage(entry)) {
        images.add(entry);
      }
    }
    if (images.isEmpty()) {
      throw new BadData(
          folder.toString(), "holds no images", "PNG, JPEG or BMP files in every class folder");
    }
    return images;
  }

  private static boolean isImage(Path file) {
    String name = fileName(file).toLowerCase(Locale.ROOT);
    if (OTHER_IMAGES.stream().anyMatch(name::endsWith)) {
      throw new BadData(
          file.toString(), "has a format that is not read here", "PNG, JPEG or BMP: convert it");
    }
    return LabelledFile.namesImage(name);
  }

  /** What {@code folder} holds, hidden entries left out, in the order of names. */
  static List<Path> entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !fileName(entry).startsWith("."))
          .sorted(Comparator.comparing(FolderImages::fileName))
          .toList();
    } catch (IOException | java.io.UncheckedIOException e) {
      throw new BadData(
          BoundedFile.describe(folder),
          "cannot be listed (" + BoundedFile.reason(e) + ")",
          "a readable folder",
          e);
    }
  }

  /** Last part of a path without the slash that zip folders end with; empty for a root. */
  static String fileName(Path path) {
    Path last = path.getFileName();
    String name = last == null ? "" : last.toString();
    return name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
  }
}
