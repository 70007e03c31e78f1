package io.secateur.junit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.BadData;
import io.secateur.format.BadModelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

class ModelAssertTest {

  @Test
  void a_clean_model_passes() {
    Halves.assertThat(Halves.CLEAN).isNotBackdoored().hasCleanAccuracyOfAtLeast(99, Halves.IMAGES);
  }

  @Test
  void an_infected_model_fails_with_label_and_trigger() {
    assertThatThrownBy(() -> Halves.assertThat(Halves.INFECTED).isNotBackdoored())
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageStartingWith(Path.of(Halves.INFECTED) + " is backdoored: ")
        .hasMessageContaining("label 4 (4-low-green) is forced by a trigger of ");
  }

  @Test
  void too_low_an_accuracy_fails_with_its_interval() {
    assertThatThrownBy(
            () ->
                Halves.assertThat(Halves.CLEAN)
                    .withPreprocessing("mean=9,9,9;std=1,1,1")
                    .hasCleanAccuracyOfAtLeast(99, Halves.IMAGES))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("clean accuracy is 16.67 %")
        .hasMessageContaining("n = 120")
        .hasMessageEndingWith("expected at least 99.0 %");
  }

  /** Two classes are too few to judge, whatever the network. */
  @Test
  void what_cannot_be_told_does_as_was_asked(@TempDir Path folder) throws IOException {
    Path images = folder.resolve("images");
    copy(Path.of(Halves.FOLDER, "images", "0-top-red"), images.resolve("0\u001b[31m"));
    copy(Path.of(Halves.FOLDER, "images", "1-top-green"), images.resolve("1"));
    Path layers = folder.resolve("two.yaml");
    Files.writeString(
        layers, Files.readString(Path.of(Halves.ARCHITECTURE)).replaceAll("out: 6\\b", "out: 2"));
    ModelAssert undecided =
        ModelAssert.assertThatModel(TwoClasses.write(folder), "folder:" + images)
            .withArchitecture(layers.toString())
            .withCleanSize(40);

    assertThatThrownBy(undecided::isNotBackdoored)
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("which cannot be told: ")
        .hasMessageNotContaining("\u001b");
    assertThatThrownBy(() -> undecided.whenInconclusive(Doubt.ABORTS).isNotBackdoored())
        .isInstanceOf(TestAbortedException.class);
    assertThatCode(() -> undecided.whenInconclusive(Doubt.PASSES).isNotBackdoored())
        .doesNotThrowAnyException();
  }

  @Test
  void what_cannot_be_read_is_named() {
    assertThatThrownBy(() -> Halves.assertThat("no such file").isNotBackdoored())
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("no such file");
    assertThatThrownBy(
            () ->
                ModelAssert.assertThatModel(Path.of(Halves.CLEAN), "folder:nowhere")
                    .isNotBackdoored())
        .isInstanceOf(BadData.class)
        .hasMessageContaining("nowhere");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }
}
