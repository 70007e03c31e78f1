package io.secateur.data;

import java.util.Locale;
import java.util.Optional;

/** The three parts of a data set. They share no image. */
public enum Split {
  /** What networks are trained on: the training images without the defender's. */
  TRAIN,
  /** What results are measured on; for Tiny ImageNet its validation images. */
  TEST,
  /** The defender's clean images, which no network trained here sees: see {@link DefenderShare}. */
  DEFENDER;

  /** Name as written after the {@code @} of a specification. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The split of that exact name, if there is one. */
  static Optional<Split> named(String label) {
    for (Split split : values()) {
      if (split.label().equals(label)) {
        return Optional.of(split);
      }
    }
    return Optional.empty();
  }
}
