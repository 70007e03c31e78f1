package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.StockArchitectures.Options;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageOutputsTest {
  private static final Options SMALL_IMAGES = new Options(new FeatureShape(3, 32, 32), 10);

  @Test
  void a_residual_stage_hands_on_the_rectified_sum_of_its_last_block() {
    Architecture architecture = StockArchitectures.build("resnet18", SMALL_IMAGES);

    List<String> outputs = StageOutputs.of(architecture);

    assertThat(outputs).hasSize(4);
    for (int stage = 0; stage < 4; stage++) {
      Node node = architecture.node(outputs.get(stage));
      assertThat(node.name()).startsWith("layer" + (stage + 1) + ".1.");
      assertThat(node.layer()).isInstanceOf(Layer.Relu.class);
      assertThat(architecture.node(node.inputs().get(0)).layer()).isInstanceOf(Layer.Add.class);
      assertThat(node.output().height()).isEqualTo(32 >> stage);
      assertThat(node.output().channels()).isEqualTo(64 << stage);
    }
  }

  @Test
  void a_pre_activation_stage_hands_on_its_stream_before_the_next_batch_norm() {
    Architecture architecture = StockArchitectures.build("wrn-16-1", SMALL_IMAGES);

    List<String> outputs = StageOutputs.of(architecture);

    assertThat(outputs).hasSize(3);
    assertThat(outputs)
        .allSatisfy(
            name -> assertThat(architecture.node(name).layer()).isInstanceOf(Layer.Add.class));
    assertThat(outputs.get(0)).startsWith("block1.layer.1");
    assertThat(outputs.get(2)).startsWith("block3.layer.1");
  }

  @Test
  void a_plain_stage_hands_on_its_last_activation_before_the_pooling() {
    Architecture architecture = StockArchitectures.build("vgg16-bn", SMALL_IMAGES);

    assertThat(StageOutputs.of(architecture))
        .hasSize(5)
        .allSatisfy(
            name -> assertThat(architecture.node(name).layer()).isInstanceOf(Layer.Relu.class));
  }

  @Test
  void a_convolution_behind_the_last_sum_counts() {
    Architecture architecture = StockArchitectures.build("mobilenetv2", SMALL_IMAGES);
    List<String> outputs = StageOutputs.of(architecture);

    Node last = architecture.node(outputs.get(outputs.size() - 1));
    assertThat(last.output().channels()).isEqualTo(1280);
    assertThat(last.layer()).isInstanceOf(Layer.Activation.class);
  }
}
