package io.secateur.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.BadData;
import io.secateur.data.ImageSet;
import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** By hand: a convolution of two filters that doubles red and negates green, then the classes. */
class ActivationChangeTest {
  private static final FeatureShape SHAPE = new FeatureShape(3, 1, 2);

  /** Red gains 3 and 4 fifths of 255 at the two places, green nothing, blue is not read. */
  private static final TrueTrigger TRIGGER =
      new Add(SHAPE, new byte[] {(byte) 153, (byte) 204, 0, 0, 51, 51});

  @Test
  void it_is_the_norm_of_the_difference_over_positions_mean_over_the_images_of_other_classes() {
    // Black but for the second: its red is full at the first place, so that the sum is cut there.
    byte[] pixels = new byte[3 * 6];
    pixels[6] = (byte) 255;
    ImageSet images = ImageSet.of("made", SHAPE, List.of("a", "b"), new int[] {0, 0, 1}, pixels);

    Map<String, float[]> change =
        ActivationChange.of(network(), Set.of("conv"), images, new GroundTruth("", 1, TRIGGER));

    // 2 * |(0.6, 0.8)| = 2 for the first image, 2 * |(0, 0.8)| = 1.6 for the second.
    assertThat(change.keySet()).containsExactly("conv");
    assertThat(change.values().iterator().next())
        .containsExactly(new float[] {1.8f, 0}, Offset.offset(1e-5f));
  }

  @Test
  void without_images_of_other_classes_there_is_nothing_to_change() {
    ImageSet images = ImageSet.of("made", SHAPE, List.of("a", "b"), new int[] {1}, new byte[6]);

    assertThatThrownBy(
            () ->
                ActivationChange.of(
                    network(), Set.of("conv"), images, new GroundTruth("", 1, TRIGGER)))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("made: has no image");
  }

  private static Network network() {
    ArchitectureBuilder net = new ArchitectureBuilder("two filters", SHAPE);
    String conv = net.conv("conv", net.input(), 2, 1, 1, 0, false);
    String pooled = net.add("pool", new Layer.GlobalAveragePool(), conv);
    net.add("fc", new Layer.Linear(2, 2, false), net.add("flat", new Layer.Flatten(), pooled));
    Architecture architecture = net.build();
    return new Network(
        architecture,
        Weights.of(
            Map.of(
                "conv.weight",
                WeightTensor.ofFloats(new int[] {2, 3, 1, 1}, new float[] {2, 0, 0, 0, -1, 0}),
                "fc.weight",
                WeightTensor.ofFloats(new int[] {2, 2}, new float[] {1, 0, 0, 1}))),
        Preprocessing.UNIT);
  }
}
