package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import org.junit.jupiter.api.Test;

class InputAwareGeneratorsTest {
  private static final FeatureShape CIFAR = new FeatureShape(3, 32, 32);

  /** Tensors as in the authors' state dict; channels 32-64-128 and back, counted from the paper. */
  @Test
  void tensors_have_the_names_and_shapes_of_the_authors_code() {
    var tensors = InputAwareGenerators.pattern(CIFAR).requiredTensors();

    assertThat(tensors.get("convblock_down_0.conv2d.weight")).containsExactly(32, 3, 3, 3);
    assertThat(tensors.get("convblock_down_3.conv2d.bias")).containsExactly(64);
    assertThat(tensors.get("convblock_middle.batch_norm.running_var")).containsExactly(128);
    assertThat(tensors.get("convblock_up_1.conv2d.weight")).containsExactly(64, 128, 3, 3);
    assertThat(tensors.get("convblock_up_4.conv2d.weight")).containsExactly(32, 32, 3, 3);
    assertThat(tensors.get("convblock_up_5.conv2d.weight")).containsExactly(3, 32, 3, 3);
    assertThat(tensors).hasSize(13 * 6);
  }

  @Test
  void images_go_in_and_patterns_and_masks_come_out() {
    Architecture mask = InputAwareGenerators.mask(CIFAR);

    assertThat(InputAwareGenerators.pattern(CIFAR).output().output()).isEqualTo(CIFAR);
    assertThat(mask.output().output()).isEqualTo(new FeatureShape(1, 32, 32));
    assertThat(mask.node("convblock_middle.relu").output()).isEqualTo(new FeatureShape(128, 4, 4));
    assertThatThrownBy(() -> InputAwareGenerators.mask(new FeatureShape(3, 28, 28)))
        .hasMessageContaining("3x28x28");
  }
}
