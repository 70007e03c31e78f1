package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.GroupBlock.Range;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupBlocksTest {
  private static final FeatureShape IMAGE = new FeatureShape(3, 32, 32);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet18-w8",
        "preactresnet18-w8",
        "mobilenetv2-w8",
        "resnet20",
        "vgg11-bn-w16",
        "wrn-16-1"
      })
  void every_member_of_every_group_is_in_one_range(String name) {
    Architecture architecture = stock(name);

    List<GroupBlock> blocks = GroupBlocks.of(architecture);

    for (CouplingGroup group : CouplingGroups.of(architecture).groups()) {
      List<Channel> shown = new ArrayList<>();
      for (GroupBlock block : blocks) {
        int distance = group.id() - block.firstGroup();
        if (distance >= 0 && distance < block.groups()) {
          assertThat(block.kind()).isEqualTo(group.kind());
          for (Range range : block.layers()) {
            assertThat(range.last() - range.first() + 1).isEqualTo(block.groups());
            shown.add(new Channel(range.layer(), range.first() + distance));
          }
        }
      }
      assertThat(shown).isEqualTo(group.members());
    }
    assertThat(blocks).hasSizeLessThan(60);
  }

  @Test
  void a_residual_network_is_a_few_streams_and_the_insides_of_blocks() {
    List<GroupBlock> blocks = GroupBlocks.of(stock("resnet18-w8"));

    assertThat(blocks)
        .extracting(block -> block.kind() + " " + block.groups())
        .containsExactly(
            "STREAM 8",
            "INNER 8",
            "INNER 8",
            "INNER 16",
            "STREAM 16",
            "INNER 16",
            "INNER 32",
            "STREAM 32",
            "INNER 32",
            "INNER 64",
            "STREAM 64",
            "INNER 64",
            "OUTPUT 10");
    assertThat(blocks.get(4).layers())
        .containsExactly(
            new Range("layer2.0.conv2", 0, 15, "writes the channel, added at layer2.0.add"),
            new Range("layer2.0.bn2", 0, 15, "normalises layer2.0.conv2, channel by channel"),
            new Range("layer2.0.shortcut.0", 0, 15, "writes the channel, added at layer2.0.add"),
            new Range(
                "layer2.0.shortcut.1", 0, 15, "normalises layer2.0.shortcut.0, channel by channel"),
            new Range("layer2.1.conv2", 0, 15, "writes the channel, added at layer2.1.add"),
            new Range("layer2.1.bn2", 0, 15, "normalises layer2.1.conv2, channel by channel"));
    assertThat(blocks.get(4).readers())
        .containsExactly("layer2.1.conv1", "layer3.0.conv1", "layer3.0.shortcut.0");
  }

  @Test
  void the_norms_of_a_pre_activation_network_belong_to_the_stream_that_they_read() {
    List<GroupBlock> blocks = GroupBlocks.of(stock("preactresnet18-w8"));

    GroupBlock stream = blocks.get(0);
    assertThat(stream.kind()).isEqualTo(CouplingGroup.Kind.STREAM);
    assertThat(stream.layers())
        .contains(
            new Range("conv1", 0, 7, "writes the channel, added at layer1.0.add"),
            new Range("layer1.1.bn1", 0, 7, "normalises layer1.0.add, channel by channel"));
  }

  @Test
  void a_depthwise_convolution_filters_the_channel_of_another() {
    assertThat(GroupBlocks.of(stock("mobilenetv2-w8")).stream().flatMap(b -> b.layers().stream()))
        .filteredOn(range -> range.role().startsWith("filters "))
        .hasSize(17)
        .allSatisfy(range -> assertThat(range.role()).endsWith(", channel by channel"));
  }

  @Test
  void joined_channels_have_blocks_of_their_own_under_a_common_norm() {
    var net = new ArchitectureBuilder("dense", IMAGE);
    String a = net.conv("a", net.input(), 4, 3, 1, 1, false);
    String b = net.conv("b", net.relu("r", net.batchNorm("na", a)), 2, 3, 1, 1, false);
    String n = net.batchNorm("n", net.add("cat", new Layer.Concat(), a, b));
    String p = net.add("p", new Layer.GlobalAveragePool(), n);
    net.linear("fc", net.add("f", new Layer.Flatten(), p), 3);

    List<GroupBlock> blocks = GroupBlocks.of(net.build());

    assertThat(blocks.get(0).layers())
        .containsExactly(
            new Range("a", 0, 3, "writes the channel"),
            new Range("na", 0, 3, "normalises a, channel by channel"),
            new Range("n", 0, 3, "normalises cat, channel by channel"));
    assertThat(blocks.get(0).readers()).containsExactly("b", "fc");
    assertThat(blocks.get(1).layers())
        .containsExactly(
            new Range("b", 0, 1, "writes the channel"),
            new Range("n", 4, 5, "normalises cat, channel by channel"));
  }

  @Test
  void a_gate_belongs_to_what_it_multiplies() {
    var net = new ArchitectureBuilder("gated", IMAGE);
    String x = net.conv("c", net.input(), 4, 3, 1, 1, false);
    String s = net.conv("s1", net.add("gap", new Layer.GlobalAveragePool(), x), 2, 1, 1, 0, true);
    s = net.add("g", new Layer.Sigmoid(), net.conv("s2", net.relu("r", s), 4, 1, 1, 0, true));
    String m = net.add("mul", new Layer.Multiply(), x, s);
    String p = net.add("p", new Layer.GlobalAveragePool(), m);
    net.linear("fc", net.add("f", new Layer.Flatten(), p), 3);

    GroupBlock gated = GroupBlocks.of(net.build()).get(0);

    assertThat(gated.reason()).isEqualTo("multiplied at mul");
    assertThat(gated.layers())
        .containsExactly(
            new Range("c", 0, 3, "writes the channel, multiplied at mul"),
            new Range("s2", 0, 3, "writes the channel, multiplied at mul"));
    assertThat(gated.readers()).containsExactly("s1", "fc");
  }

  private static Architecture stock(String name) {
    return StockArchitectures.build(name, new StockArchitectures.Options(IMAGE, 10));
  }
}
