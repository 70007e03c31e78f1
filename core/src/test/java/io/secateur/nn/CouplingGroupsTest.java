package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.nn.CouplingGroup.Kind;
import io.secateur.nn.StockArchitectures.Options;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Named after topologies; small cases worked out by hand. */
class CouplingGroupsTest {
  private static final FeatureShape CIFAR = new FeatureShape(3, 32, 32);

  /**
   * Inner: one per channel between the convolutions of a unit. MobileNetV2: the expansions 32, 96,
   * 144 ×2, 192 ×3, 384 ×4, 576 ×3, 960 ×3, the stem's 32 and the last 1,280; streams where units
   * of stride 1 add, 16 to 320 channels.
   */
  @ParameterizedTest
  @CsvSource({
    "resnet18, 960, 1920",
    "resnet20, 64, 336",
    "preactresnet18, 960, 1920",
    "wrn-16-1, 112, 224",
    "vgg16-bn, 0, 4224",
    "smallvgg, 0, 448",
    "mobilenetv2, 712, 8448"
  })
  void stock_architectures_have_as_many_stream_and_inner_channels_as_counted(
      String name, int stream, int inner) {
    CouplingGroups groups =
        CouplingGroups.of(StockArchitectures.build(name, new Options(CIFAR, 10)));

    assertThat(groups.ofKind(Kind.STREAM)).hasSize(stream);
    assertThat(groups.ofKind(Kind.INNER)).hasSize(inner);
    assertThat(groups.ofKind(Kind.OUTPUT)).hasSize(10);
    assertThat(groups.prunable()).hasSize(stream + inner);
    assertThat(groups.ofKind(Kind.INPUT)).isEmpty();
  }

  @Test
  void residual_stream_of_resnet18_ties_every_branch_end_of_a_stage() {
    CouplingGroups groups =
        CouplingGroups.of(StockArchitectures.build("resnet18", new Options(CIFAR, 10)));

    CouplingGroup second = groups.groupOf(new Channel("layer2.1.conv2", 7));

    assertThat(second.writers())
        .containsExactly(
            new Channel("layer2.0.conv2", 7),
            new Channel("layer2.0.shortcut.0", 7),
            new Channel("layer2.1.conv2", 7));
    assertThat(second.norms())
        .containsExactly(
            new Channel("layer2.0.bn2", 7),
            new Channel("layer2.0.shortcut.1", 7),
            new Channel("layer2.1.bn2", 7));
    assertThat(second.reason()).isEqualTo("added at layer2.0.add, layer2.1.add");
    CouplingGroup inner = groups.groupOf(new Channel("layer1.0.bn1", 0));
    assertThat(inner.members())
        .containsExactly(new Channel("layer1.0.conv1", 0), new Channel("layer1.0.bn1", 0));
    assertThat(inner.toString())
        .contains("INNER layer1.0.conv1[0], layer1.0.bn1[0] (written by layer1.0.conv1 alone)");
  }

  @Test
  void option_a_shortcuts_shift_the_stream_of_one_stage_into_the_next() {
    CouplingGroups groups =
        CouplingGroups.of(StockArchitectures.build("resnet20", new Options(CIFAR, 10)));

    // 16 channels go 8 further in layer2 and 16 further still in layer3.
    int stem = groups.groupOf(new Channel("conv1", 3)).id();
    assertThat(groups.groupOf(new Channel("layer2.1.conv2", 11)).id()).isEqualTo(stem);
    assertThat(groups.groupOf(new Channel("layer3.2.bn2", 27)).id()).isEqualTo(stem);
    assertThat(groups.groupOf(new Channel("layer3.2.bn2", 0)).writers())
        .extracting(Channel::node)
        .containsExactly("layer3.0.conv2", "layer3.1.conv2", "layer3.2.conv2");
    assertThat(groups.groupAt("layer2.0.shortcut.pad", 7)).isEmpty();
    assertThat(groups.groupAt("layer2.0.shortcut.pad", 8))
        .hasValue(groups.groupOf(new Channel("conv1", 0)).id());
  }

  @Test
  void pre_activation_norms_belong_to_the_stream_they_read() {
    CouplingGroups groups =
        CouplingGroups.of(StockArchitectures.build("preactresnet18", new Options(CIFAR, 10)));

    CouplingGroup stream = groups.groupOf(new Channel("conv1", 5));

    assertThat(stream.norms())
        .extracting(Channel::node)
        .containsExactly("layer1.0.bn1", "layer1.1.bn1", "layer2.0.bn1");
    assertThat(stream.writers())
        .extracting(Channel::node)
        .containsExactly("conv1", "layer1.0.conv2", "layer1.1.conv2");
  }

  @Test
  void depthwise_convolutions_pass_channels_on() {
    CouplingGroups groups =
        CouplingGroups.of(StockArchitectures.build("mobilenetv2", new Options(CIFAR, 10)));

    CouplingGroup expansion = groups.groupOf(new Channel("layers.2.conv2", 100));

    assertThat(expansion.kind()).isEqualTo(Kind.INNER);
    assertThat(expansion.members())
        .extracting(Channel::node)
        .containsExactly("layers.2.conv1", "layers.2.bn1", "layers.2.conv2", "layers.2.bn2");
    assertThat(expansion.writers()).containsExactly(new Channel("layers.2.conv1", 100));
  }

  @Test
  void enlarging_passes_channels_on() {
    var net = new ArchitectureBuilder("decoder", new FeatureShape(1, 4, 4));
    String a = net.conv("a", net.input(), 2, 3, 1, 1, false);
    String up = net.add("up", new Layer.Upsample(2), a);
    net.conv("b", up, 1, 3, 1, 1, false);
    Architecture architecture = net.buildGenerator();

    CouplingGroups groups = CouplingGroups.of(architecture);

    assertThat(groups.groupAt("up", 1)).hasValue(groups.groupOf(new Channel("a", 1)).id());
    assertThat(groups.ofKind(Kind.INNER)).hasSize(2);
    assertThat(architecture.output().output()).isEqualTo(new FeatureShape(1, 8, 8));
    // 16 positions of 2 channels from 1, then 64 of 1 from 2, 9 products each.
    assertThat(architecture.macs()).isEqualTo(16 * 2 * 9 + 64 * 2 * 9);
  }

  @Test
  void concatenation_offsets_channels() {
    var net = new ArchitectureBuilder("dense", new FeatureShape(1, 4, 4));
    String a = net.conv("a", net.input(), 2, 3, 1, 1, false);
    String b = net.conv("b", a, 3, 3, 1, 1, false);
    String norm = net.batchNorm("norm", net.add("join", new Layer.Concat(), b, a));
    String c = net.conv("c", norm, 5, 1, 1, 0, false);
    net.linear(
        "fc",
        net.add("flat", new Layer.Flatten(), net.add("pool", new Layer.GlobalAveragePool(), c)),
        2);

    CouplingGroups groups = CouplingGroups.of(net.build());

    assertThat(groups.ofKind(Kind.INNER)).hasSize(2 + 3 + 5);
    assertThat(groups.groupOf(new Channel("norm", 3)).members())
        .containsExactly(new Channel("a", 0), new Channel("norm", 3));
    assertThat(groups.groupOf(new Channel("norm", 2)).members())
        .containsExactly(new Channel("b", 2), new Channel("norm", 2));
  }

  @Test
  void a_batch_norm_that_also_reads_the_image_may_not_be_removed_whole() {
    var net = new ArchitectureBuilder("skip", new FeatureShape(1, 4, 4));
    String a = net.batchNorm("own", net.conv("a", net.input(), 2, 3, 1, 1, false));
    String joined = net.batchNorm("mixed", net.add("join", new Layer.Concat(), a, net.input()));
    String c = net.conv("c", joined, 5, 1, 1, 0, false);
    net.linear(
        "fc",
        net.add("flat", new Layer.Flatten(), net.add("pool", new Layer.GlobalAveragePool(), c)),
        2);

    CouplingGroups groups = CouplingGroups.of(net.build());

    assertThat(groups.groupOf(new Channel("mixed", 0)).prunable()).isTrue();
    assertThat(groups.groupOf(new Channel("mixed", 2)).prunable()).isFalse();
    assertThat(groups.prunableNorms().stream().map(Node::name)).containsExactly("own");
  }

  @Test
  void squeeze_and_excitation_gates_share_the_fate_of_what_they_gate() {
    var net = new ArchitectureBuilder("gated", new FeatureShape(1, 4, 4));
    String body = net.batchNorm("bn", net.conv("body", net.input(), 4, 3, 1, 1, false));
    String pooled = net.add("squeeze", new Layer.GlobalAveragePool(), body);
    String less = net.relu("relu", net.conv("reduce", pooled, 2, 1, 1, 0, true));
    String gate =
        net.add("sigmoid", new Layer.Sigmoid(), net.conv("expand", less, 4, 1, 1, 0, true));
    String scaled = net.add("scale", new Layer.Multiply(), body, gate);
    net.linear("fc", net.add("flat", new Layer.Flatten(), scaled), 2);

    CouplingGroups groups = CouplingGroups.of(net.build());

    CouplingGroup gated = groups.groupOf(new Channel("body", 1));
    assertThat(gated.kind()).isEqualTo(Kind.INNER);
    assertThat(gated.members())
        .containsExactly(new Channel("body", 1), new Channel("bn", 1), new Channel("expand", 1));
    assertThat(gated.reason()).isEqualTo("multiplied at scale");
    assertThat(groups.ofKind(Kind.INNER)).hasSize(4 + 2);
    // Flatten repeats each of the 4 channels over 16 positions.
    assertThat(groups.groupAt("flat", 31)).hasValue(gated.id());
    assertThat(groups.groupAt("flat", 32)).hasValue(groups.groupOf(new Channel("body", 2)).id());
  }

  @Test
  void image_channels_and_class_scores_are_never_prunable() {
    var net = new ArchitectureBuilder("ends", new FeatureShape(3, 2, 2));
    String norm = net.batchNorm("norm", net.input());
    String scores = net.conv("scores", norm, 2, 1, 1, 0, true);
    net.add("flat", new Layer.Flatten(), net.add("pool", new Layer.GlobalAveragePool(), scores));

    CouplingGroups groups = CouplingGroups.of(net.build());

    assertThat(groups.prunable()).isEmpty();
    assertThat(groups.groupOf(new Channel("norm", 2)).kind()).isEqualTo(Kind.INPUT);
    assertThat(groups.groupOf(new Channel("scores", 1)).kind()).isEqualTo(Kind.OUTPUT);
    assertThatThrownBy(() -> groups.groupOf(new Channel("scores", 2)))
        .hasMessageContaining("'scores'");
  }

  @Test
  void padded_zeros_join_a_group_only_through_a_layer_that_makes_them_constant() {
    var net = new ArchitectureBuilder("padded", new FeatureShape(1, 2, 2));
    String a = net.conv("a", net.input(), 1, 1, 1, 0, false);
    String padded = net.add("pad", new Layer.ChannelPad(1, 0), a);
    String norm = net.batchNorm("norm", padded);
    net.linear("fc", net.add("flat", new Layer.Flatten(), norm), 2);

    CouplingGroups groups = CouplingGroups.of(net.build());

    assertThat(groups.groupAt("pad", 0)).isEmpty();
    CouplingGroup constant = groups.groupOf(new Channel("norm", 0));
    assertThat(constant.writers()).isEmpty();
    assertThat(constant.reason()).isEqualTo("constant");
    assertThat(groups.groupOf(new Channel("norm", 1)).writers())
        .isEqualTo(List.of(new Channel("a", 0)));
  }
}
