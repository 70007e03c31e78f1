package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.StockArchitectures;
import io.secateur.nn.StockArchitectures.Options;
import io.secateur.nn.Window;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayerListTest {
  private static final FeatureShape CIFAR = new FeatureShape(3, 32, 32);

  private static final String HEAD =
      """
      name: tiny
      input: {channels: 1, height: 4, width: 4}
      layers:
        - {name: c, type: conv, out: 2, kernel: 3}
      """;

  private static final String TAIL =
      """
        - {name: flat, type: flatten}
        - {name: fc, type: linear, out: 2}
      """;

  @ParameterizedTest
  @ValueSource(strings = {"smallvgg", "wrn-16-1"})
  void a_hand_written_list_rebuilds_a_stock_architecture(String name) throws IOException {
    Architecture stock = StockArchitectures.build(name, new Options(CIFAR, 10));

    Architecture read = LayerList.read(resource(name + ".yaml"));

    assertThat(read.name()).isEqualTo(name);
    assertThat(read.nodes()).isEqualTo(stock.nodes());
  }

  @Test
  void what_is_written_reads_back_as_the_same_architecture() {
    for (String name : StockArchitectures.names()) {
      Architecture stock =
          StockArchitectures.build(name, new Options(new FeatureShape(3, 224, 224), 10));

      Architecture read = LayerList.read(LayerList.write(stock));

      assertThat(read.name()).isEqualTo(name);
      assertThat(read.nodes()).isEqualTo(stock.nodes());
    }
  }

  @Test
  void every_layer_and_every_odd_name_survives_writing() {
    var net = new ArchitectureBuilder("true", new FeatureShape(4, 9, 7));
    Window odd = new Window(3, 1, 2, 1, 1, 0, 1, 2);
    String x = net.add("a b: {\"é\\", new Layer.Conv2d(4, 6, odd, 2, true), net.input());
    x = net.add("no", new Layer.LeakyRelu(0.2), x);
    x = net.add("1.0", new Layer.Sigmoid(), x);
    x = net.add("#3", new Layer.Tanh(), x);
    x = net.add("/x", new Layer.Silu(), x);
    x = net.add("hs", new Layer.HardSwish(), x);
    x = net.add("hg", new Layer.HardSigmoid(), x);
    x = net.add("id", new Layer.Identity(), x);
    x = net.add("bn", new Layer.BatchNorm(6, 1e-3), x);
    x = net.add("clip", new Layer.Clip(-1, 1), x);
    x = net.add("avg", new Layer.AveragePool(Window.square(3, 1, 1), true), x);
    x = net.add("sub", new Layer.Subsample(2), x);
    x = net.add("up", new Layer.Upsample(3), x);
    x = net.add("pad", new Layer.ChannelPad(1, 2), x);
    x = net.add("twice", new Layer.Concat(), x, "pad");
    x = net.add("mul", new Layer.Multiply(), x, "twice");
    x = net.add("sum", new Layer.Add(), x, "twice");
    x = net.add("gap", new Layer.GlobalAveragePool(), x);
    x = net.add("flat", new Layer.Flatten(), x);
    net.add("fc", new Layer.Linear(18, 3, false), x);
    Architecture built = net.build();

    Architecture read = LayerList.read(LayerList.write(built));

    assertThat(read.name()).isEqualTo("true");
    assertThat(read.nodes()).isEqualTo(built.nodes());
  }

  @Test
  void an_unknown_setting_is_refused_with_its_place_and_the_known_ones() {
    String text = HEAD.replace("kernel: 3", "kernel: 3, pading: 1") + TAIL;

    assertThatThrownBy(() -> LayerList.read(text))
        .isInstanceOf(BadLayerList.class)
        .hasMessageStartingWith("line 4, column ")
        .hasMessageContaining("unknown setting 'pading'")
        .hasMessageContaining("padding");
  }

  @Test
  void a_setting_of_another_type_is_refused() {
    refused(HEAD + "  - {name: r, type: relu, alpha: 1}\n" + TAIL, "line 5, column ", "'alpha'");
    refused(
        HEAD + "  - {name: m, type: max-pool, kernel: 2, count-padding: true}\n" + TAIL,
        "'m'",
        "count-padding");
  }

  @Test
  void unknown_or_missing_types_and_settings_are_refused_with_their_place() {
    refused(
        HEAD + "  - {name: r, type: rleu}\n" + TAIL,
        "line 5",
        "unknown type 'rleu'; known are [add, average-pool");
    refused(HEAD + "  - {name: r}\n" + TAIL, "line 5", "no type; known are [");
    refused(HEAD.replace(", out: 2", "") + TAIL, "line 4", "'out'");
    refused(
        HEAD.replace("name: tiny", "nmae: tiny") + TAIL,
        "line 1",
        "'name' is missing, and 'nmae' unknown");
    refused(
        HEAD.replace("kernel: 3", "kernal: 3, strid: 1") + TAIL,
        "line 4",
        "'kernel' is missing, and 'kernal', 'strid' unknown; known are [bias, dilation, from");
    refused(
        HEAD.replace("kernel: 3", "kernel: three") + TAIL,
        "line 4",
        "'kernel' is 'three', not a whole number");
    refused(
        HEAD.replace("out: 2", "out: 2.5") + TAIL, "line 4", "'out' is 2.5, not a whole number");
    refused(HEAD.replace("kernel: 3", "kernel: 3, bias: 7up") + TAIL, "'bias' is '7up', not true");
    refused("[1, 2]", "line 1, column 1: it is a list, not the keys [input, layers, name, unread]");
    refused(HEAD.replace("out: 2", "out: 2, out: 3") + TAIL, "line 4", "out");
  }

  @Test
  void layers_that_do_not_fit_are_refused_by_name() {
    refused(HEAD.replace("kernel: 3", "kernel: 9") + TAIL, "'c'");
    refused(HEAD.replace("kernel: 3", "kernel: [1, 2, 3]") + TAIL, "'c'", "[height, width]");
    refused(HEAD + "  - {name: a, type: add, from: [c, nowhere]}\n" + TAIL, "'nowhere'");
    refused(HEAD + "  - {name: c, type: relu}\n" + TAIL, "two nodes are named 'c'");
    refused(HEAD + "  - {name: a, type: add, from: []}\n" + TAIL, "'from' is empty");
    refused(HEAD.replace("kernel: 3", "kernel: ['']") + TAIL, "line 4");
    refused(HEAD.replace("kernel: 3", "kernel: ''") + TAIL, "line 4");
    refused(HEAD, "expected one value per class");
    refused(HEAD.replace("out: 2", "out: 2147483647") + TAIL, "line 4", "too large");
    refused(HEAD.replace("height: 4", "height: 0") + TAIL, "empty shape");
  }

  @Test
  void what_is_no_layer_list_is_refused() {
    for (String text :
        new String[] {
          "", "  ", "42", "[1, 2]", "layers: {", "null", "name: x", "- - - -", "a: *b"
        }) {
      assertThatThrownBy(() -> LayerList.read(text))
          .as("'%s'", text)
          .isInstanceOf(BadLayerList.class)
          .hasMessageNotContainingAny("secateur", "java", "JsonToken", "`");
    }
    refused(HEAD + "  -\n" + TAIL, "a value is missing");
    refused(HEAD.replace("name: c", "name: null") + TAIL, "line 4", "a value is missing");
    refused(HEAD.replace("kernel: 3", "kernel: [null]") + TAIL, "line 4");
    refused(HEAD + "  - {name: a, type: add, from: [null]}\n" + TAIL, "line 5");
  }

  private static void refused(String text, String... parts) {
    assertThatThrownBy(() -> LayerList.read(text))
        .isInstanceOf(BadLayerList.class)
        .hasMessageContainingAll(parts);
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream =
        Objects.requireNonNull(LayerListTest.class.getResourceAsStream(name))) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void layers_that_no_memory_holds_are_refused_with_their_place() {
    String begin = "name: x\ninput: {channels: 3, height: 32, width: 32}\nlayers:\n";
    assertThatThrownBy(
            () ->
                LayerList.read(
                    begin
                        + "  - {name: a, type: channel-pad, before: 2147483647, after: 2147483647}"))
        .isInstanceOf(BadLayerList.class)
        .hasMessageContaining("line 4");
    assertThatThrownBy(() -> LayerList.read(begin + "  - {name: a, type: upsample, factor: 1000}"))
        .isInstanceOf(BadLayerList.class)
        .hasMessageContaining("node 'a' yields 3x32000x32000, too large to be computed");
    StringBuilder doubled = new StringBuilder(begin + "  - {name: a0, type: identity}\n");
    for (int i = 1; i < 60; i++) {
      String before = "a" + (i - 1);
      doubled.append(
          "  - {name: a" + i + ", type: concat, from: [" + before + ", " + before + "]}\n");
    }
    assertThatThrownBy(() -> LayerList.read(doubled.toString()))
        .isInstanceOf(BadLayerList.class)
        .hasMessageContaining("too large");
  }

  @Test
  void what_is_quoted_from_a_list_is_short() {
    assertThatThrownBy(() -> LayerList.read("name: [" + "x".repeat(100_000) + "\n: ]: }"))
        .isInstanceOf(BadLayerList.class)
        .message()
        .hasSizeLessThan(1000);
    assertThatThrownBy(() -> LayerList.read("x".repeat(100_000) + ": 1"))
        .isInstanceOf(BadLayerList.class)
        .message()
        .hasSizeLessThan(1000);
  }

  @Test
  void characters_of_two_halves_may_stand_anywhere() {
    String honest = HEAD + TAIL;
    for (int padding = 1000; padding < 1060; padding++) {
      String text = "# " + "x".repeat(padding) + "\uD83D\uDE00".repeat(600) + "\n" + honest;
      assertThat(LayerList.read(text).nodes())
          .as("%d", padding)
          .isEqualTo(LayerList.read(honest).nodes());
    }
  }
}
