package io.secateur.metric;

import io.secateur.data.ImageSet;
import java.util.Arrays;

/** Which label the attacker wants for a triggered image. */
public sealed interface Target {
  /**
   * The label that a triggered image is to get.
   *
   * @param label its own
   * @param classes number of labels
   */
  int of(int label, int classes);

  /** Whether every label it asks for is one of {@code classes}. */
  boolean fits(int classes);

  /**
   * Refuses images whose classes are not those it asks for.
   *
   * @throws IllegalArgumentException naming what would fit
   */
  default void check(ImageSet images) {
    if (!fits(images.classes())) {
      throw new IllegalArgumentException(
          "target is "
              + this
              + ", "
              + images.name()
              + " has "
              + images.classes()
              + " classes; expected "
              + (this instanceof One
                  ? "a label from 0 to " + (images.classes() - 1)
                  : "at least two"));
    }
  }

  /**
   * Indices, ascending, of the images that attack success is measured on: those that do not bear
   * the label wanted for them anyway.
   */
  default int[] victims(ImageSet images) {
    return Arrays.stream(images.indices())
        .filter(i -> of(images.label(i), images.classes()) != images.label(i))
        .toArray();
  }

  /**
   * One label for all images.
   *
   * @param label from 0
   */
  record One(int label) implements Target {
    /** Rejects a negative label. */
    public One {
      if (label < 0) {
        throw new IllegalArgumentException("target " + label + " is no label");
      }
    }

    @Override
    public int of(int own, int classes) {
      return label;
    }

    @Override
    public boolean fits(int classes) {
      return label < classes;
    }

    @Override
    public String toString() {
      return "label " + label;
    }
  }

  /** For every image the label after its own, (y + 1) mod K: the all-to-all attack. */
  record Next() implements Target {
    @Override
    public int of(int own, int classes) {
      return (own + 1) % classes;
    }

    @Override
    public boolean fits(int classes) {
      return classes > 1;
    }

    @Override
    public String toString() {
      return "the next label";
    }
  }
}
