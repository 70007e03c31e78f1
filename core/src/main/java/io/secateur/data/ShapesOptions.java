package io.secateur.data;

import java.util.OptionalInt;

/**
 * What may follow {@code shapes:}, comma-separated: {@code seed=S} and {@code size=N}.
 *
 * @param seed which of the procedural sets, 0 unless given
 * @param size images in the split, its default unless given
 */
record ShapesOptions(long seed, OptionalInt size) {
  private static final int MAX_SIZE = 500_000;
  private static final String ACCEPTED =
      "seed=INTEGER and size=10 to " + MAX_SIZE + ", separated by a comma";

  static ShapesOptions parse(String text) {
    long seed = 0;
    OptionalInt size = OptionalInt.empty();
    for (String option : text.isBlank() ? new String[0] : text.split(",", -1)) {
      try {
        if (option.startsWith("seed=")) {
          seed = Long.parseLong(option.substring("seed=".length()));
        } else if (option.startsWith("size=")) {
          size = OptionalInt.of(Integer.parseInt(option.substring("size=".length())));
        } else {
          throw new BadData("shapes:" + text, "has the unknown option '" + option + "'", ACCEPTED);
        }
      } catch (NumberFormatException e) {
        throw new BadData("shapes:" + text, "'" + option + "' holds no integer", ACCEPTED, e);
      }
    }
    if (size.isPresent() && (size.getAsInt() < 10 || size.getAsInt() > MAX_SIZE)) {
      throw new BadData("shapes:" + text, "size is " + size.getAsInt(), ACCEPTED);
    }
    return new ShapesOptions(seed, size);
  }

  ImageSet images(Split split) {
    Shapes shapes = new Shapes(seed);
    return size.isPresent() ? shapes.images(split, size.getAsInt()) : shapes.images(split);
  }
}
