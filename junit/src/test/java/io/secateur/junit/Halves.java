package io.secateur.junit;

import java.nio.file.Path;

/**
 * The files in {@code examples/halves}, seen from this module's folder as a user sees their own.
 */
final class Halves {
  static final String FOLDER = "../examples/halves/";
  static final String INFECTED = FOLDER + "infected.safetensors";
  static final String CLEAN = FOLDER + "clean.safetensors";
  static final String ARCHITECTURE = FOLDER + "halves.yaml";
  static final String IMAGES = "folder:" + FOLDER + "images";

  private Halves() {}

  static ModelAssert assertThat(String model) {
    return ModelAssert.assertThatModel(Path.of(model), IMAGES).withArchitecture(ARCHITECTURE);
  }
}
