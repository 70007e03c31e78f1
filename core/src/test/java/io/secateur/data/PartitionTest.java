package io.secateur.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PartitionTest {
  private static final int[] LABELS =
      IntStream.range(0, 100).map(i -> i < 3 ? 0 : i < 50 ? 1 : 2).toArray();

  @Test
  void the_parts_are_disjoint_ascending_and_whole() {
    Partition partition = Partition.draw(LABELS, 3, 40, 7);

    assertThat(partition.chosen()).hasSize(40).isSorted();
    assertThat(partition.rest()).hasSize(60).isSorted();
    assertThat(IntStream.concat(Arrays.stream(partition.chosen()), Arrays.stream(partition.rest())))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 100).boxed().toList());
  }

  @Test
  void small_classes_give_all_they_have_and_others_make_up_for_it() {
    assertThat(chosenCounts(9, 1)).containsExactly(3, 3, 3);
    assertThat(chosenCounts(43, 1)).containsExactly(3, 20, 20);
    assertThat(chosenCounts(100, 1)).containsExactly(3, 47, 50);
    assertThat(chosenCounts(0, 1)).containsExactly(0, 0, 0);
  }

  @Test
  void no_class_is_two_ahead_of_another_that_has_more_to_give() {
    for (int size = 0; size <= 97; size++) {
      int[] counts = chosenCounts(size, size);
      assertThat(Arrays.stream(counts).sum()).isEqualTo(size);
      assertThat(Math.abs(Math.min(counts[1], 47) - Math.min(counts[2], 47)))
          .isLessThanOrEqualTo(1);
    }
  }

  @Test
  void the_seed_decides() {
    int[] first = Partition.draw(LABELS, 3, 40, 7).chosen();

    assertThat(Partition.draw(LABELS, 3, 40, 7).chosen()).isEqualTo(first);
    assertThat(Partition.draw(LABELS, 3, 40, 8).chosen()).isNotEqualTo(first);
  }

  @Test
  void more_than_there_are_is_refused() {
    assertThatThrownBy(() -> Partition.draw(LABELS, 3, 101, 7))
        .hasMessage("cannot choose 101 of 100");
  }

  @Test
  void the_defenders_share_is_a_quarter_of_a_small_set() {
    int[] labels = IntStream.range(0, 400).map(i -> i % 4).toArray();

    assertThat(DefenderShare.positions(labels, 4, Split.DEFENDER)).hasSize(100);
    assertThat(DefenderShare.positions(labels, 4, Split.TRAIN)).hasSize(300);
  }

  @Test
  void a_clean_sample_is_stratified_in_both_parts() {
    ImageSet images = new Shapes(0).images(Split.DEFENDER, 1000);

    CleanSample sample = CleanSample.draw(images, 500, CleanSample.HOLD_OUT_SHARE, 3);

    assertThat(sample.size()).isEqualTo(500);
    assertThat(sample.tune().counts()).containsOnly(40);
    assertThat(sample.holdOut().counts()).containsOnly(10);
    assertThat(pixelHashes(sample.tune()))
        .doesNotContainAnyElementsOf(pixelHashes(sample.holdOut()));
    assertThat(CleanSample.draw(images, 500, 0.2, 3).tune().sha256())
        .isEqualTo(sample.tune().sha256());
    assertThat(CleanSample.draw(images, 500, 0.2, 4).tune().sha256())
        .isNotEqualTo(sample.tune().sha256());
  }

  @Test
  void a_sample_of_few_images_still_tunes_on_every_class() {
    ImageSet images = new Shapes(0).images(Split.DEFENDER, 1000);

    CleanSample sample = CleanSample.draw(images, 25, 0.2, 3);

    assertThat(sample.tune().counts()).containsOnly(2);
    assertThat(sample.holdOut().size()).isEqualTo(5);
  }

  @Test
  void every_class_is_held_out_in_the_same_share() {
    ImageSet all = new Shapes(0).images(Split.TRAIN, 2000);
    int[] uneven =
        IntStream.range(0, all.size())
            .filter(i -> all.label(i) == 0 || Arrays.binarySearch(all.only(all.label(i)), i) < 20)
            .toArray();
    ImageSet images = all.select(uneven);

    CleanSample sample = CleanSample.draw(images, images.size(), 0.2, 3);

    int[] counts = images.counts();
    for (int label = 0; label < images.classes(); label++) {
      assertThat((double) sample.holdOut().counts()[label])
          .isCloseTo(0.2 * counts[label], within(1.0));
    }
    assertThat(sample.holdOut().size()).isEqualTo((int) Math.round(0.2 * images.size()));
  }

  @Test
  void the_same_is_left_as_by_levelling_where_classes_are_of_one_size() {
    int[] labels = IntStream.range(0, 120).map(i -> i % 12).toArray();
    for (int rest = 0; rest <= 120; rest++) {
      assertThat(Partition.leaving(labels, 12, rest, rest).rest())
          .as("%d of 120", rest)
          .isEqualTo(Partition.draw(labels, 12, 120 - rest, rest).rest());
    }
  }

  @Test
  void a_small_class_is_held_out_too_and_never_whole_while_others_have_more() {
    int[] labels = IntStream.range(0, 60).map(i -> i < 1 ? 0 : i < 3 ? 1 : 2).toArray();

    for (int rest = 2; rest < 57; rest++) {
      int[] left = Partition.leaving(labels, 3, rest, 5).rest();
      int[] counts = Partition.counts(Arrays.stream(left).map(i -> labels[i]).toArray(), 3);
      assertThat(left).hasSize(rest);
      assertThat(counts).startsWith(0, 1);
    }
    assertThat(Partition.leaving(labels, 3, 60, 5).chosen()).isEmpty();
    assertThat(Partition.leaving(labels, 3, 0, 5).rest()).isEmpty();
    assertThatThrownBy(() -> Partition.leaving(labels, 3, 61, 5))
        .hasMessage("cannot leave 61 of 60");
  }

  @Test
  void a_sample_larger_than_the_set_is_refused_with_both_sizes() {
    ImageSet images = new Shapes(0).images(Split.DEFENDER, 10);

    assertThatThrownBy(() -> CleanSample.draw(images, 11, 0.2, 3))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("has 10 images, a clean sample of 11 was asked");
    assertThatThrownBy(() -> CleanSample.draw(images, 5, 1, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(CleanSample.draw(images, 2, 0.01, 3).holdOut().size()).isEqualTo(1);
  }

  private static int[] chosenCounts(int size, long seed) {
    int[] chosen = Partition.draw(LABELS, 3, size, seed).chosen();
    return Partition.counts(Arrays.stream(chosen).map(i -> LABELS[i]).toArray(), 3);
  }

  private static Iterable<Integer> pixelHashes(ImageSet images) {
    return IntStream.range(0, images.size())
        .mapToObj(i -> Arrays.hashCode(images.pixels(i)))
        .toList();
  }
}
