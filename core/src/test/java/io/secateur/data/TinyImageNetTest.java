package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TinyImageNetTest {
  @TempDir private Path folder;
  private final Map<String, byte[]> files = new LinkedHashMap<>();

  @BeforeEach
  void two_classes_of_four_training_and_one_validation_image() {
    put("wnids.txt", "n02\nn01\n");
    put("words.txt", "n01\tfish\nn77\tother\n");
    for (int i = 0; i < 4; i++) {
      files.put(
          "train/n01/images/n01_" + 3 * i + ".JPEG", TestImages.encode("jpg", 8, 6, 0x0000FF));
      files.put(
          "train/n02/images/n02_" + 3 * i + ".JPEG", TestImages.encode("jpg", 8, 6, 0xFF0000));
    }
    put(
        "val/val_annotations.txt",
        "val_1.JPEG\tn01\t0\t0\t1\t1\nval_0.JPEG\tn02\t0\t0\t1\t1\nval_2.JPEG\tn99\t0\t0\t1\t1\n");
    files.put("val/images/val_0.JPEG", TestImages.encode("jpg", 8, 6, 0xFF0000));
    files.put("val/images/val_1.JPEG", TestImages.encode("jpg", 8, 6, 0x0000FF));
  }

  @Test
  void the_real_zip_reads_whole() {
    String zip = "tiny-imagenet:" + SharedData.find("tiny-imagenet-20/tiny-imagenet-20.zip");
    ImageSet test = DataSpec.parse(zip, Split.TEST).load();
    ImageSet defender = DataSpec.parse(zip, Split.DEFENDER).load();

    assertThat(test.counts()).hasSize(20).containsOnly(50);
    assertThat(defender.counts()).hasSize(20).containsOnly(125);
    assertThat(test.shape()).hasToString("3x64x64");
    assertThat(test.classNames().get(0)).isEqualTo("goldfish, Carassius auratus");
    assertThat(greyImages(defender)).isBetween(5, 60);
  }

  @Test
  void a_folder_that_only_holds_the_zip_says_so() {
    Path outer = SharedData.find("tiny-imagenet-20");

    assertThatThrownBy(() -> TinyImageNet.read(outer, Split.TEST))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("expected the zip inside it: ");
  }

  @Test
  void folder_and_zip_read_the_same() throws IOException {
    ImageSet fromZip = TinyImageNet.read(zip("tiny/"), Split.TRAIN);
    ImageSet fromFolder = TinyImageNet.read(unpacked(), Split.TRAIN);

    assertThat(fromZip.sha256()).isEqualTo(fromFolder.sha256());
    assertThat(fromZip.size()).isEqualTo(6);
    assertThat(fromZip.classNames()).containsExactly("n02", "fish");
    assertThat(fromZip.shape()).hasToString("3x6x8");
    assertThat(fromZip.pixels(0)[0] & 0xFF).as("red of class 0").isGreaterThan(250);
    assertThat(TinyImageNet.read(zip(""), Split.DEFENDER).size()).isEqualTo(2);
  }

  @Test
  void validation_images_follow_the_annotations_and_skip_other_classes() throws IOException {
    ImageSet test = TinyImageNet.read(zip("tiny/"), Split.TEST);

    assertThat(test.labels()).containsExactly(1, 0);
    assertThat(test.pixels(0)[0] & 0xFF).isLessThan(5);
    assertThat(test.pixels(0)[2 * 48] & 0xFF).isGreaterThan(250);
  }

  @Test
  void a_zip_without_wnids_is_refused() throws IOException {
    files.remove("wnids.txt");

    refused(Split.TRAIN, "has no wnids.txt; expected Tiny ImageNet's layout");
  }

  @Test
  void a_missing_class_folder_is_named() throws IOException {
    put("wnids.txt", "n02\nn01\nn03\n");

    refused(Split.TRAIN, ".zip!/tiny/train/n03/images: does not exist");
  }

  @Test
  void ids_that_would_lead_elsewhere_are_refused() throws IOException {
    put("wnids.txt", "n02\n../../etc\n");
    refused(Split.TRAIN, "wnids.txt: has the id '../../etc'");
    put("wnids.txt", "n02\nn02\n");
    refused(Split.TRAIN, "wnids.txt: has an id twice");
    put("wnids.txt", "");
    refused(Split.TRAIN, "wnids.txt: has 0 ids");
  }

  @Test
  void annotations_that_lie_are_refused() throws IOException {
    put("val/val_annotations.txt", "../x.JPEG\tn01\n");
    refused(Split.TEST, "has the line '../x.JPEG n01'");
    put("val/val_annotations.txt", "val_1.JPEG n01\n");
    refused(Split.TEST, "expected file TAB id");
    put("val/val_annotations.txt", "val_7.JPEG\tn01\n");
    refused(Split.TEST, "val/images/val_7.JPEG: cannot be read (NoSuchFileException)");
    put("val/val_annotations.txt", "val_1.JPEG\tn01\nval_1.JPEG\tn02\n");
    refused(Split.TEST, "names val_1.JPEG twice");
    put("val/val_annotations.txt", "val_1.JPEG\tn05\n");
    refused(Split.TEST, "names no image of a class in wnids.txt");
  }

  @Test
  void an_image_of_another_size_is_named() throws IOException {
    files.put("val/images/val_0.JPEG", TestImages.encode("jpg", 9, 6, 0));

    refused(Split.TEST, "val_0.JPEG: is 9x6 pixels; expected 8x6 like ");
  }

  @Test
  void files_that_are_no_zip_are_refused() throws IOException {
    for (String name : new String[] {"text.zip", "text.dat"}) {
      Path text = folder.resolve(name);
      Files.writeString(
          text, "this is no archive at all, only some words that fill the place of one");
      assertThatThrownBy(() -> TinyImageNet.read(text, Split.TEST))
          .isInstanceOf(BadData.class)
          .hasMessageContaining(name.endsWith(".zip") ? "is no intact zip (" : "is no zip archive;")
          .hasMessageNotContaining("Provider");
    }
  }

  @Test
  void a_zip_that_is_cut_off_or_damaged_anywhere_is_refused_or_read_but_never_breaks()
      throws IOException {
    byte[] whole = Files.readAllBytes(zip("tiny/"));
    Path damaged = folder.resolve("damaged.zip");
    SeededDraws draws = new SeededDraws(1);
    for (int round = 0; round < 300; round++) {
      byte[] bytes =
          round % 3 == 0
              ? java.util.Arrays.copyOf(whole, draws.below(whole.length))
              : whole.clone();
      for (int hit = 0; hit < 4 && bytes.length > 0; hit++) {
        // Half of the hits fall on the directory at the end, which holds the names and sizes.
        int back = draws.below(round % 2 == 0 ? Math.min(900, bytes.length) : bytes.length);
        bytes[bytes.length - 1 - back] = (byte) draws.below(256);
      }
      Files.write(damaged, bytes);
      try {
        assertThat(TinyImageNet.read(damaged, Split.TEST).size()).isPositive();
      } catch (BadData e) {
        assertThat(e).hasMessageContaining("damaged.zip");
      }
    }
  }

  private void refused(Split split, String message) throws IOException {
    Path zip = zip("tiny/");
    assertThatThrownBy(() -> TinyImageNet.read(zip, split))
        .isInstanceOf(BadData.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  private void put(String name, String text) {
    files.put(name, text.getBytes(StandardCharsets.UTF_8));
  }

  private Path zip(String prefix) throws IOException {
    Path zip = folder.resolve("tiny.zip");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(prefix + file.getKey()));
        out.write(file.getValue());
      }
    }
    return zip;
  }

  private Path unpacked() throws IOException {
    Path root = folder.resolve("unpacked");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      TestImages.write(root.resolve(file.getKey()), file.getValue());
    }
    return root;
  }

  private static int greyImages(ImageSet images) {
    int grey = 0;
    for (int i = 0; i < images.size(); i++) {
      byte[] p = images.pixels(i);
      int area = p.length / 3;
      boolean same = true;
      for (int at = 0; at < area; at++) {
        same &= p[at] == p[area + at] && p[at] == p[2 * area + at];
      }
      grey += same ? 1 : 0;
    }
    return grey;
  }
}
