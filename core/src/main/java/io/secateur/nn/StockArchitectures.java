package io.secateur.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The built-in architectures by name. {@code -wN} after a name sets the width, the number of
 * channels of the first convolution; all others scale with it: {@code resnet18-w32} is half as wide
 * as {@code resnet18}. Any {@code wrn-D-K} with D = 6n + 4 is known, whether listed or not.
 */
public final class StockArchitectures {
  private static final Pattern WIDTH = Pattern.compile("(.+)-w(\\d{1,5})");

  private static final List<StockFamily> FAMILIES =
      List.of(
          new ResNet(),
          new CifarResNet(),
          new PreActResNet(),
          new WideResNet(),
          new Vgg(),
          new SmallVgg(),
          new MobileNetV2());

  private StockArchitectures() {}

  /**
   * What a stock architecture is adapted to.
   *
   * @param input shape of one image
   * @param classes number of logits
   * @param width channels of the first convolution; empty for the name's own
   */
  public record Options(FeatureShape input, int classes, OptionalInt width) {
    /** Rejects fewer than two classes and an empty width. */
    public Options {
      if (classes < 2) {
        throw new IllegalArgumentException("classes must be at least 2, got " + classes);
      }
      if (width.isPresent() && width.getAsInt() < 1) {
        throw new IllegalArgumentException("width must be at least 1, got " + width.getAsInt());
      }
    }

    /** The width that the name says. */
    public Options(FeatureShape input, int classes) {
      this(input, classes, OptionalInt.empty());
    }
  }

  /** All names at their published width, family by family. */
  public static List<String> names() {
    List<String> names = new ArrayList<>();
    for (StockFamily family : FAMILIES) {
      names.addAll(family.names());
    }
    return names;
  }

  /**
   * Builds the architecture called {@code name}.
   *
   * @throws IllegalArgumentException if there is none, listing those there are and the nearest; if
   *     the input is too small; or if name and options give different widths
   */
  public static Architecture build(String name, Options options) {
    Matcher match = WIDTH.matcher(name);
    String base = match.matches() ? match.group(1) : name;
    OptionalInt width = options.width();
    if (match.matches()) {
      int named = Integer.parseInt(match.group(2));
      if (named < 1 || (width.isPresent() && width.getAsInt() != named)) {
        throw new IllegalArgumentException(
            "'"
                + name
                + "' says width "
                + named
                + (width.isPresent() ? ", the options " + width.getAsInt() : ""));
      }
      width = OptionalInt.of(named);
    }
    for (StockFamily family : FAMILIES) {
      Optional<Architecture> built =
          family.build(base, options.input(), options.classes(), width.orElse(family.width()));
      if (built.isPresent()) {
        return built.get();
      }
    }
    throw new IllegalArgumentException(
        "no architecture named '"
            + name
            + "'; did you mean '"
            + nearest(base)
            + "'? There are "
            + String.join(", ", names())
            + ", any wrn-D-K with D = 6n + 4, and each with -wN for another width");
  }

  static List<StockFamily> families() {
    return FAMILIES;
  }

  private static String nearest(String name) {
    String best = "";
    int least = Integer.MAX_VALUE;
    for (String known : names()) {
      int distance = edits(name, known);
      if (distance < least) {
        least = distance;
        best = known;
      }
    }
    return best;
  }

  /** Levenshtein distance: fewest insertions, deletions and substitutions that turn a into b. */
  private static int edits(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
