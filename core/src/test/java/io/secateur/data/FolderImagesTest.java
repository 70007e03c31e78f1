package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderImagesTest {
  @TempDir private Path root;

  @Test
  void labels_follow_sorted_folder_names() throws IOException {
    TestImages.write(root.resolve("b/2.png"), TestImages.encode("png", 4, 3, 0x010203));
    TestImages.write(root.resolve("b/1.bmp"), TestImages.encode("bmp", 4, 3, 0x040506));
    TestImages.write(root.resolve("a/x.JPG"), TestImages.encode("jpg", 4, 3, 0xFFFFFF));
    TestImages.write(root.resolve("Z/x.jpeg"), TestImages.encode("jpg", 4, 3, 0));
    TestImages.write(root.resolve("a/readme.txt"), new byte[3]);
    TestImages.write(root.resolve(".hidden/x.png"), new byte[3]);

    ImageSet images = DataSpec.parse("folder:" + root, Split.TRAIN).load();

    assertThat(images.classNames()).containsExactly("Z", "a", "b");
    assertThat(images.labels()).containsExactly(0, 1, 2, 2);
    assertThat(images.shape()).hasToString("3x3x4");
    assertThat(images.pixels(2)).startsWith(4, 4).endsWith(6, 6);
    assertThat(images.pixels(3)).startsWith(1, 1).endsWith(3, 3);
    assertThat(images.name()).isEqualTo("folder:" + root.getFileName());
  }

  @Test
  void an_image_of_another_size_is_named_with_both_sizes() throws IOException {
    twoClasses();
    TestImages.write(root.resolve("b/odd.png"), TestImages.encode("png", 5, 3, 0));

    refused("odd.png: is 5x3 pixels; expected 4x3 like ");
    refused("all images of a set have one size; folder:DIR@SIDE scales them");
  }

  @Test
  void images_of_any_size_are_scaled_and_cut_where_that_is_asked_for() throws IOException {
    TestImages.write(root.resolve("a/flat.png"), TestImages.encode("png", 90, 40, 0x010203));
    TestImages.write(root.resolve("a/huge.png"), TestImages.encode("png", 2500, 2100, 0x0A0B0C));
    TestImages.write(root.resolve("b/small.jpg"), TestImages.encode("jpg", 5, 9, 0xFFFFFF));

    ImageSet images = DataSpec.parse("folder:" + root + "@12/8", Split.TRAIN).load();

    assertThat(images.shape()).hasToString("3x8x8");
    assertThat(images.name()).isEqualTo("folder:" + root.getFileName() + "@12/8");
    assertThat(images.pixels(0)).startsWith(1, 1).endsWith(3, 3);
    assertThat(images.pixels(1)).startsWith(10, 10).endsWith(12, 12);
    assertThat(images.pixels(2)).containsOnly(255);
  }

  @Test
  void what_cannot_be_scaled_is_refused() throws IOException {
    twoClasses();
    Path odd = root.resolve("b/odd.png");
    TestImages.write(odd, TestImages.encode("png", 9, 1, 0));
    scaled("odd.png: is 9x1 pixels; expected no side more than 8 times as long as the other");

    TestImages.write(odd, TestImages.pngHeader(10_000, 5_001));
    scaled("odd.png: claims 10000x5001 pixels; expected at most 50 million");

    TestImages.write(odd, TestImages.pngHeader(Integer.MAX_VALUE, Integer.MAX_VALUE));
    scaled("odd.png: claims 2147483647x2147483647 pixels; expected at most 50 million");
  }

  private void scaled(String message) {
    assertThatThrownBy(() -> FolderImages.read(root, Optional.of(new Resizing(8, 8))))
        .isInstanceOf(BadData.class)
        .hasMessageContaining(message);
  }

  @Test
  void a_text_file_called_png_is_refused() throws IOException {
    twoClasses();
    Files.writeString(root.resolve("b/text.png"), "not an image");

    refused("text.png: is no image that is known here; expected an intact PNG, JPEG or BMP image");
  }

  @Test
  void a_header_that_claims_a_huge_image_is_refused_before_memory_is_taken() throws IOException {
    twoClasses();
    TestImages.write(root.resolve("b/huge.png"), TestImages.pngHeader(100_000, 100_000));

    refused("huge.png: claims 100000x100000 pixels; expected at most 2048 a side");
  }

  @Test
  void an_image_that_would_be_waited_for_is_refused() throws IOException {
    Path device = Path.of("/dev/zero");
    assumeTrue(Files.exists(device), "skipped: no " + device);
    twoClasses();
    Files.createSymbolicLink(root.resolve("b/pipe.png"), device);

    refused("pipe.png: is no regular file; expected a readable file");
  }

  @Test
  void images_that_would_be_lost_silently_are_refused() throws IOException {
    twoClasses();
    Path stray = root.resolve("stray.png");
    TestImages.write(stray, new byte[1]);
    refused("stray.png: lies outside the class folders");
    Files.delete(stray);

    Path other = root.resolve("a/photo.webp");
    TestImages.write(other, new byte[1]);
    refused("photo.webp: has a format that is not read here");
    Files.delete(other);

    TestImages.write(root.resolve("a/deep/x.png"), new byte[1]);
    refused("deep: is a folder inside a class folder");
  }

  @Test
  void classes_without_images_and_single_classes_are_refused() throws IOException {
    Files.createDirectories(root.resolve("a"));
    refused("has 1 class folders; expected at least two");
    twoClasses();
    Files.createDirectories(root.resolve("c"));
    refused("c: holds no images");
  }

  private void twoClasses() throws IOException {
    TestImages.write(root.resolve("a/x.png"), TestImages.encode("png", 4, 3, 0x010203));
    TestImages.write(root.resolve("b/x.png"), TestImages.encode("png", 4, 3, 0x010203));
  }

  private void refused(String message) {
    assertThatThrownBy(() -> FolderImages.read(root, Optional.empty()))
        .isInstanceOf(BadData.class)
        .hasMessageContaining(message);
  }
}
