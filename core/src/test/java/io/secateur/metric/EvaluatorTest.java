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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * By hand: a network whose three logits are its three colour channels, on one-pixel images. An
 * image is taken for the channel that is brightest.
 */
class EvaluatorTest {
  private static final FeatureShape PIXEL = new FeatureShape(3, 1, 1);

  /** Brightest channels 0, 1, 2, 0, 1, 2; so 1, 1, 1, 0, 0, 0 right with the labels below. */
  private static final byte[] PIXELS = {
    100, 0, 0, 0, 100, 0, 0, 0, 100, 100, 0, 0, 0, 100, 0, 0, 0, 100,
  };

  private static final int[] LABELS = {0, 1, 2, 1, 2, 0};

  @Test
  void clean_accuracy_counts_every_image() {
    Evaluation evaluation = Evaluator.evaluate(channels(), images(), Optional.empty());

    assertThat(evaluation.cleanAccuracy()).isEqualTo(Proportion.of(3, 6));
    assertThat(evaluation.trueAsr()).isEmpty();
    assertThat(evaluation.recoveryAccuracy()).isEmpty();
    assertThat(evaluation.clean().counts())
        .isDeepEqualTo(new int[][] {{1, 0, 1}, {1, 1, 0}, {0, 1, 1}});
    assertThat(evaluation.clean().accuracy(1)).contains(Proportion.of(1, 2));
  }

  @Test
  void scores_that_are_no_numbers_are_refused() {
    for (float weight : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.MAX_VALUE}) {
      Map<String, WeightTensor> tensors = new HashMap<>(channels().weights().asMap());
      tensors.replaceAll(
          (name, tensor) -> {
            float[] values = new float[tensor.size()];
            Arrays.fill(values, weight);
            return tensor.withFloats(values);
          });
      Network broken = channels().withWeights(Weights.of(tensors));

      assertThatThrownBy(() -> Evaluator.evaluate(broken, white(), Optional.empty()))
          .isInstanceOf(NonFiniteScores.class)
          .hasMessageContaining("yields NaN or infinity on images of white;");
    }
  }

  /**
   * Adding 50 to channel 2 changes nothing: no image moves, so of the four images of classes 0 and
   * 1 (predicted 0, 1, 0, 2) one gets the target 2 and two their own label.
   */
  @Test
  void attack_success_and_recovery_leave_the_target_class_out() {
    TrueTrigger weak = new Add(PIXEL, new byte[] {0, 0, 50});

    Evaluation evaluation =
        Evaluator.evaluate(channels(), images(), Optional.of(new GroundTruth("", 2, weak)));

    assertThat(evaluation.cleanAccuracy()).isEqualTo(Proportion.of(3, 6));
    assertThat(evaluation.trueAsr()).contains(Proportion.of(1, 4));
    assertThat(evaluation.recoveryAccuracy()).contains(Proportion.of(2, 4));
  }

  @Test
  void a_trigger_that_works_takes_everything() {
    TrueTrigger strong = new Add(PIXEL, new byte[] {0, 0, (byte) 200});

    Evaluation evaluation =
        Evaluator.evaluate(channels(), images(), Optional.of(new GroundTruth("", 2, strong)));

    assertThat(evaluation.trueAsr()).contains(Proportion.of(4, 4));
    assertThat(evaluation.recoveryAccuracy()).contains(Proportion.of(0, 4));
    assertThat(evaluation.triggered().orElseThrow().count(0, 2)).isEqualTo(2);
  }

  /**
   * The trigger makes every image blue, taken for class 2, the next label of class 1 alone: of six
   * images two are what the attacker wants, and the two of class 2 keep their own.
   */
  @Test
  void towards_the_next_label_every_image_counts() {
    TrueTrigger strong = new Add(PIXEL, new byte[] {0, 0, (byte) 200});

    Evaluation evaluation =
        Evaluator.evaluate(
            channels(), images(), Optional.of(new GroundTruth("", new Target.Next(), strong)));

    assertThat(evaluation.trueAsr()).contains(Proportion.of(2, 6));
    assertThat(evaluation.recoveryAccuracy()).contains(Proportion.of(2, 6));
    assertThat(evaluation.triggered().orElseThrow().images(0)).isEqualTo(2);
  }

  @Test
  void without_images_of_other_classes_there_is_no_success_to_measure() {
    ImageSet green =
        ImageSet.of("green", PIXEL, List.of("red", "green", "blue"), new int[] {1, 1}, new byte[6]);
    GroundTruth truth = new GroundTruth("", 1, new Add(PIXEL, new byte[3]));

    assertThatThrownBy(() -> Evaluator.evaluate(channels(), green, Optional.of(truth)))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("green: has no image that does not bear the target label (label 1)");
  }

  @Test
  void the_watcher_hears_of_every_image() {
    List<Integer> heard = new ArrayList<>();
    Optional<GroundTruth> truth = Optional.of(new GroundTruth("", 0, new Add(PIXEL, new byte[3])));

    Evaluator.evaluate(channels(), images(), truth, heard::add);

    assertThat(heard).containsExactly(6, 10);
    assertThat(Evaluator.passes(images(), truth)).isEqualTo(10);
  }

  @Test
  void predictions_follow_the_order_of_the_indices() {
    assertThat(Evaluator.predict(channels(), images(), new int[] {5, 0, 1}))
        .containsExactly(2, 0, 1);
  }

  @Test
  void data_for_another_network_is_refused_with_both_numbers() {
    ImageSet two = ImageSet.of("two", PIXEL, List.of("a", "b"), new int[] {0}, new byte[3]);
    ImageSet wide =
        ImageSet.of(
            "wide", new FeatureShape(3, 1, 2), List.of("a", "b", "c"), new int[] {0}, new byte[6]);

    assertThatThrownBy(() -> Evaluator.evaluate(channels(), two, Optional.empty()))
        .isInstanceOf(BadData.class)
        .hasMessage("two: has 2 classes; expected 3, as many as the network tells apart");
    assertThatThrownBy(() -> Evaluator.evaluate(channels(), wide, Optional.empty()))
        .isInstanceOf(BadData.class)
        .hasMessage(
            "wide: holds images of 3x1x2; expected 3x1x1, which the network reads"
                + " (folder:DIR@SIDE scales images)");
  }

  @Test
  void a_target_that_is_no_class_is_refused() {
    GroundTruth truth = new GroundTruth("", 7, new Add(PIXEL, new byte[3]));

    assertThatThrownBy(() -> Evaluator.evaluate(channels(), images(), Optional.of(truth)))
        .hasMessage("ground truth: target is label 7; expected a label, 0 to 2");
  }

  private static ImageSet white() {
    byte[] pixels = {(byte) 255, (byte) 255, (byte) 255};
    return ImageSet.of("white", PIXEL, List.of("red", "green", "blue"), new int[1], pixels);
  }

  private static ImageSet images() {
    return ImageSet.of("six", PIXEL, List.of("red", "green", "blue"), LABELS, PIXELS);
  }

  private static Network channels() {
    ArchitectureBuilder net = new ArchitectureBuilder("channels", PIXEL);
    String flat = net.add("flatten", new Layer.Flatten(), net.input());
    net.add("fc", new Layer.Linear(3, 3, false), flat);
    Architecture architecture = net.build();
    float[] identity = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    return new Network(
        architecture,
        Weights.of(Map.of("fc.weight", WeightTensor.ofFloats(new int[] {3, 3}, identity))),
        Preprocessing.UNIT);
  }
}
