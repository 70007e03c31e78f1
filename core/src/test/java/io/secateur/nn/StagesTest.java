package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.StockArchitectures.Options;
import java.util.List;
import org.junit.jupiter.api.Test;

class StagesTest {

  @Test
  void resnet18_has_four_stages_the_first_with_the_stem() {
    List<Stage> stages = stages("resnet18");

    assertThat(stages)
        .extracting(Stage::name)
        .containsExactly("layer1", "layer2", "layer3", "layer4");
    assertThat(stages).extracting(Stage::height).containsExactly(32, 16, 8, 4);
    assertThat(stages.get(0).nodes()).hasSize(10).startsWith("conv1", "bn1", "layer1.0.conv1");
    assertThat(stages.get(1).nodes())
        .hasSize(10)
        .contains("layer2.0.shortcut.0", "layer2.0.shortcut.1");
  }

  @Test
  void a_stage_begins_with_the_stride_in_pre_activation_networks() {
    List<Stage> stages = stages("wrn-16-1");

    assertThat(stages).extracting(Stage::name).containsExactly("block1", "block2", "block3");
    assertThat(stages.get(0).nodes()).endsWith("block2.layer.0.bn1");
    assertThat(stages.get(1).nodes()).startsWith("block2.layer.0.conv1");
    assertThat(stages.get(2).nodes()).endsWith("bn1");
  }

  @Test
  void numbered_layers_give_numbered_stages() {
    assertThat(stages("smallvgg"))
        .extracting(Stage::name)
        .containsExactly("stage1", "stage2", "stage3");
    assertThat(stages("vgg16-bn"))
        .extracting(stage -> stage.nodes().size())
        .containsExactly(4, 4, 6, 6, 6);
    assertThat(stages("mobilenetv2")).extracting(Stage::height).containsExactly(32, 16, 8, 4);
  }

  @Test
  void squeeze_and_excitation_gates_do_not_split_a_stage() {
    var net = new ArchitectureBuilder("gated", new FeatureShape(1, 4, 4));
    String body = net.conv("body", net.input(), 4, 3, 1, 1, false);
    String gate =
        net.conv("gate", net.add("squeeze", new Layer.GlobalAveragePool(), body), 4, 1, 1, 0, true);
    String tail =
        net.conv("tail", net.add("scale", new Layer.Multiply(), body, gate), 4, 3, 1, 1, false);
    net.linear("fc", net.add("flat", new Layer.Flatten(), tail), 2);

    assertThat(Stages.of(net.build()))
        .singleElement()
        .satisfies(stage -> assertThat(stage.nodes()).containsExactly("body", "tail"));
  }

  private static List<Stage> stages(String name) {
    return Stages.of(StockArchitectures.build(name, new Options(new FeatureShape(3, 32, 32), 10)));
  }
}
