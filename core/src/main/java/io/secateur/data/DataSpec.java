package io.secateur.data;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where images come from, written {@code KIND:PATH[@SPLIT]}: {@code cifar10:DIR}, {@code
 * tiny-imagenet:DIR|ZIP}, {@code folder:DIR} (no splits), {@code shapes:[seed=S][,size=N]}
 * (procedural). A folder may end in {@code @SIDE} or {@code @SHORTER/SIDE} instead, which scales
 * its images ({@link Resizing}). What follows the last {@code @} counts only if it is {@code
 * train}, {@code test}, {@code defender} or, of a folder, such sides, so that paths may hold that
 * character; a path that ends so needs a slash behind it.
 *
 * @param kind how the data is read
 * @param location path, or options of the procedural set
 * @param split empty for kinds without splits, never otherwise
 * @param resizing how images of a folder are brought to one size; empty if they have it
 */
public record DataSpec(
    Kind kind, String location, Optional<Split> split, Optional<Resizing> resizing) {

  /** The known kinds. */
  public enum Kind {
    /** CIFAR-10, binary layout: {@link Cifar10}. */
    CIFAR10("cifar10"),
    /** Tiny ImageNet, folder or zip: {@link TinyImageNet}. */
    TINY_IMAGENET("tiny-imagenet"),
    /** A sub-folder per class: {@link FolderImages}. */
    FOLDER("folder"),
    /** Drawn by rule: {@link Shapes}. */
    SHAPES("shapes");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** Name as written before the colon. */
    public String label() {
      return label;
    }
  }

  private static final String FORM =
      "cifar10:DIR, tiny-imagenet:DIR or ZIP, folder:DIR, folder:DIR@SIDE or shapes:, where all but folder may end in @train, @test or @defender";

  /** Rejects a split where the kind has none, and the lack of one where it has. */
  public DataSpec {
    if (split.isPresent() == (kind == Kind.FOLDER)) {
      throw new IllegalArgumentException(
          kind.label() + (split.isPresent() ? " has no splits" : " needs a split"));
    }
    if (resizing.isPresent() && kind != Kind.FOLDER) {
      throw new IllegalArgumentException(kind.label() + " has images of one size");
    }
  }

  /**
   * Reads a specification. Touches no file.
   *
   * @param fallback the split if {@code text} names none
   * @throws BadData if {@code text} is malformed
   */
  public static DataSpec parse(String text, Split fallback) {
    int colon = text.indexOf(':');
    Kind kind = null;
    for (Kind candidate : Kind.values()) {
      if (colon >= 0 && candidate.label().equals(text.substring(0, colon))) {
        kind = candidate;
      }
    }
    if (kind == null) {
      throw new BadData(
          text,
          colon < 0
              ? "names no kind of data"
              : "has the unknown kind '" + text.substring(0, colon) + "'",
          FORM);
    }
    String location = text.substring(colon + 1);
    int at = location.lastIndexOf('@');
    Optional<Split> named = at < 0 ? Optional.empty() : Split.named(location.substring(at + 1));
    if (named.isPresent()) {
      location = location.substring(0, at);
    }
    if (kind == Kind.SHAPES) {
      ShapesOptions.parse(location);
    } else if (location.isBlank()) {
      throw new BadData(text, "has no path", FORM);
    }
    if (kind != Kind.FOLDER) {
      return new DataSpec(kind, location, Optional.of(named.orElse(fallback)), Optional.empty());
    }
    if (named.isPresent()) {
      throw new BadData(
          text,
          "a folder has no splits",
          "folder:DIR without @"
              + named.get().label()
              + "; put a slash behind a path that ends in it");
    }
    Optional<Resizing> resizing = at < 0 ? Optional.empty() : sides(text, location, at);
    return new DataSpec(
        kind,
        resizing.isPresent() ? location.substring(0, at) : location,
        Optional.empty(),
        resizing);
  }

  private static Optional<Resizing> sides(String text, String location, int at) {
    Optional<Resizing> sides;
    try {
      sides = Resizing.parse(location.substring(at + 1));
    } catch (IllegalArgumentException e) {
      throw new BadData(
          text, String.valueOf(e.getMessage()), "folder:DIR@ and " + Resizing.FORM, e);
    }
    if (sides.isPresent() && location.substring(0, at).isBlank()) {
      throw new BadData(text, "has no path", FORM);
    }
    return sides;
  }

  /**
   * The same data, another split.
   *
   * @throws BadData for a folder, which has no splits
   */
  public DataSpec at(Split other) {
    if (kind == Kind.FOLDER) {
      throw new BadData(
          toString(),
          "a folder has no splits",
          "another folder for the " + other.label() + " images");
    }
    return new DataSpec(kind, location, Optional.of(other), Optional.empty());
  }

  /**
   * Reads the images into memory.
   *
   * @throws BadData naming the file at fault, the cause and what would be accepted
   */
  public ImageSet load() {
    return switch (kind) {
      case CIFAR10 -> Cifar10.read(path(), split.orElseThrow());
      case TINY_IMAGENET -> TinyImageNet.read(path(), split.orElseThrow());
      case FOLDER -> FolderImages.read(path(), resizing);
      case SHAPES -> ShapesOptions.parse(location).images(split.orElseThrow());
    };
  }

  private Path path() {
    try {
      return Path.of(location);
    } catch (InvalidPathException e) {
      throw new BadData(location, "is no path (" + e.getReason() + ")", FORM, e);
    }
  }

  /** As written on the command line, the split always named. */
  @Override
  public String toString() {
    return kind.label()
        + ":"
        + location
        + split.map(s -> "@" + s.label()).orElse("")
        + resizing.map(how -> "@" + how).orElse("");
  }
}
