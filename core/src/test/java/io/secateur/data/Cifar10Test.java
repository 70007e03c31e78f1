package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {
  @TempDir private Path folder;

  @Test
  void real_test_images_have_the_official_labels() {
    ImageSet test = DataSpec.parse("cifar10:" + SharedData.find("cifar10"), Split.TEST).load();

    assertThat(test.counts()).containsOnly(1000).hasSize(10);
    assertThat(test.labels()).startsWith(3, 8, 8, 0, 6, 6, 1, 6, 3, 1);
    assertThat(test.classNames()).startsWith("airplane", "automobile").endsWith("truck");
    assertThat(test.shape()).hasToString("3x32x32");
    assertThat(test.pixels(0)).startsWith(158, 159, 165);
  }

  @Test
  void real_training_and_defenders_images_add_up_to_the_official_set() {
    Path cifar = SharedData.find("cifar10");
    ImageSet train = Cifar10.read(cifar, Split.TRAIN);
    ImageSet defender = Cifar10.read(cifar, Split.DEFENDER);

    assertThat(train.counts()).containsOnly(4750);
    assertThat(defender.counts()).containsOnly(250);
    double[] means = {0.491400, 0.482158, 0.446531};
    double[] deviations = {0.247029, 0.243485, 0.261587};
    for (int c = 0; c < 3; c++) {
      double[] sums = new double[2];
      add(sums, train, c);
      add(sums, defender, c);
      double mean = sums[0] / (50_000 * 1024);
      assertThat(mean).isCloseTo(means[c], within(1e-6));
      assertThat(Math.sqrt(sums[1] / (50_000 * 1024) - mean * mean))
          .isCloseTo(deviations[c], within(1e-6));
    }
    assertThat(defender.sha256())
        .as("the share never changes")
        .isEqualTo("59c6df372c0e9868b096bfa2ab8222f036d96a6994f56e9bdf36958eddce0a2c");
  }

  private static void add(double[] sums, ImageSet images, int channel) {
    for (int i = 0; i < images.size(); i++) {
      byte[] pixels = images.pixels(i);
      for (int at = channel * 1024; at < (channel + 1) * 1024; at++) {
        double value = (pixels[at] & 0xFF) / 255.0;
        sums[0] += value;
        sums[1] += value * value;
      }
    }
  }

  @Test
  void batches_of_any_length_are_read_in_order_also_from_the_unpacked_archives_folder()
      throws IOException {
    Path batches = folder.resolve("cifar-10-batches-bin");
    for (int b = 1; b <= 5; b++) {
      byte[] content = new byte[3073 * b];
      for (int r = 0; r < b; r++) {
        content[r * 3073] = (byte) r;
        content[r * 3073 + 1] = (byte) (10 * b + r);
      }
      TestImages.write(batches.resolve("data_batch_" + b + ".bin"), content);
    }

    ImageSet train = Cifar10.read(folder, Split.TRAIN);
    ImageSet defender = Cifar10.read(batches, Split.DEFENDER);

    assertThat(train.size()).isEqualTo(12);
    assertThat(defender.size()).isEqualTo(3);
    int last = -1;
    for (int i = 0; i < 12; i++) {
      assertThat((int) train.pixels(i)[0]).isGreaterThan(last).matches(v -> v % 10 < v / 10);
      last = train.pixels(i)[0];
      assertThat(train.label(i)).isEqualTo(last % 10);
    }
    assertThat(train.classNames()).contains("frog");
  }

  @Test
  void missing_files_are_listed() throws IOException {
    TestImages.write(folder.resolve("data_batch_2.bin"), new byte[3073]);

    assertThatThrownBy(() -> Cifar10.read(folder, Split.TRAIN))
        .isInstanceOf(BadData.class)
        .hasMessageContaining(
            "misses data_batch_1.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin; expected");
    assertThatThrownBy(() -> Cifar10.read(folder.resolve("none"), Split.TEST))
        .hasMessageContaining("is no folder");
  }

  @Test
  void a_batch_that_is_cut_off_is_refused() throws IOException {
    TestImages.write(folder.resolve("test_batch.bin"), new byte[3073 * 2 - 1]);

    assertThatThrownBy(() -> Cifar10.read(folder, Split.TEST))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("test_batch.bin: is cut off")
        .hasMessageContaining("6145 bytes are 1 records and 3072 bytes");
    TestImages.write(folder.resolve("test_batch.bin"), new byte[0]);
    assertThatThrownBy(() -> Cifar10.read(folder, Split.TEST))
        .hasMessageContaining("test_batch.bin: is empty");
  }

  @Test
  void a_label_above_nine_is_refused() throws IOException {
    byte[] content = new byte[3073 * 3];
    content[3073 * 2] = (byte) 200;
    TestImages.write(folder.resolve("test_batch.bin"), content);

    assertThatThrownBy(() -> Cifar10.read(folder, Split.TEST))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("test_batch.bin: record 2 has label 200; expected labels 0 to 9");
  }

  @Test
  void a_wrong_number_of_class_names_is_refused() throws IOException {
    TestImages.write(folder.resolve("test_batch.bin"), new byte[3073]);
    Files.writeString(folder.resolve("batches.meta.txt"), "cat\ndog\n");

    assertThatThrownBy(() -> Cifar10.read(folder, Split.TEST))
        .hasMessageContaining("has 2 class names");
  }
}
