package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.nn.StockArchitectures.Options;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes against the published ones, so that no layer is missing or misplaced. */
class StockArchitecturesTest {

  /** Trainable parameters as the original PyTorch code reports them. */
  @ParameterizedTest
  @CsvSource({
    "resnet18, 32, 10, 11173962",
    "resnet34, 32, 10, 21282122",
    "resnet50, 32, 10, 23520842",
    "resnet18-torchvision, 224, 1000, 11689512",
    "resnet34-torchvision, 224, 1000, 21797672",
    "resnet50-torchvision, 224, 1000, 25557032",
    "resnet20, 32, 10, 269722",
    "resnet32, 32, 10, 464154",
    "resnet44, 32, 10, 658586",
    "resnet56, 32, 10, 853018",
    "resnet110, 32, 10, 1727962",
    "preactresnet18, 32, 10, 11171146",
    "wrn-28-10, 32, 10, 36479194",
    "wrn-40-2, 32, 10, 2243546",
    "vgg11-bn, 32, 10, 9231114",
    "vgg13-bn, 32, 10, 9416010",
    "vgg16-bn, 32, 10, 14728266",
    "vgg19-bn, 32, 10, 20040522",
    "vgg11-bn-torchvision, 224, 1000, 132868840",
    "vgg16-bn-torchvision, 224, 1000, 138365992",
    "mobilenetv2, 32, 10, 2296922",
    "mobilenetv2-torchvision, 224, 1000, 3504872"
  })
  void has_as_many_trainable_parameters_as_published(
      String name, int side, int classes, long parameters) {
    assertThat(trainable(build(name, side, classes))).isEqualTo(parameters);
  }

  @Test
  void wrn_16_1_and_the_small_vgg_hold_as_many_values_as_their_checkpoints() {
    // 176,007 values with 13 batch-norm counters; 44 tensors with 6 counters.
    assertThat(values(build("wrn-16-1", 32, 10))).isEqualTo(176_007 - 13);
    assertThat(build("wrn-16-1", 32, 10).requiredTensors()).hasSize(82 - 13);
    assertThat(build("smallvgg", 32, 10).requiredTensors()).hasSize(44 - 6);
    assertThat(values(build("smallvgg", 32, 10))).isEqualTo(309_290);
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18, 32, 10, 555422720",
    "resnet18-torchvision, 224, 1000, 1814073344",
    "resnet50-torchvision, 224, 1000, 4089184256",
    "resnet20, 32, 10, 40551040",
    "mobilenetv2-torchvision, 224, 1000, 300774272"
  })
  void costs_as_many_multiplications_as_computed_elsewhere(
      String name, int side, int classes, long macs) {
    assertThat(build(name, side, classes).macs()).isEqualTo(macs);
  }

  @Test
  void a_width_in_the_name_scales_every_layer() {
    Architecture narrow = build("resnet18-w32", 32, 10);

    assertThat(narrow.name()).isEqualTo("resnet18-w32");
    assertThat(narrow.requiredTensors().get("layer4.1.conv2.weight"))
        .containsExactly(256, 256, 3, 3);
    assertThat(
            StockArchitectures.build(
                    "resnet18", new Options(new FeatureShape(3, 32, 32), 10, OptionalInt.of(32)))
                .nodes())
        .isEqualTo(narrow.nodes());
    assertThat(build("resnet18-w64", 32, 10).name()).isEqualTo("resnet18");
  }

  @Test
  void larger_images_keep_the_parameters_where_a_global_pool_ends_the_network() {
    assertThat(trainable(build("resnet18", 64, 10))).isEqualTo(11_173_962);
    assertThat(build("resnet18-imagenet", 64, 20).node("layer4.1.relu2").output())
        .isEqualTo(new FeatureShape(512, 2, 2));
  }

  @Test
  void every_listed_name_builds() {
    for (String name : StockArchitectures.names()) {
      Architecture architecture = build(name, 224, 7);
      assertThat(architecture.name()).isEqualTo(name);
      assertThat(architecture.classes()).isEqualTo(7);
    }
  }

  @Test
  void an_unknown_name_is_answered_with_the_nearest_and_with_all() {
    assertThatThrownBy(() -> build("resent18", 32, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'resent18'")
        .hasMessageContaining("did you mean 'resnet18'?")
        .hasMessageContaining("mobilenetv2");
  }

  @Test
  void impossible_wishes_are_refused_by_name() {
    assertThatThrownBy(() -> build("wrn-17-1", 32, 10)).hasMessageContaining("6n + 4");
    assertThatThrownBy(() -> build("vgg16-bn", 16, 10)).hasMessageContaining("32x32");
    assertThatThrownBy(() -> build("smallvgg", 4, 10)).hasMessageContaining("8x8");
    assertThatThrownBy(() -> build("vgg16-bn-torchvision", 32, 10)).hasMessageContaining("7x7");
    assertThatThrownBy(
            () ->
                StockArchitectures.build(
                    "resnet18-w32",
                    new Options(new FeatureShape(3, 32, 32), 10, OptionalInt.of(16))))
        .hasMessageContaining("width 32");
    assertThatThrownBy(() -> new Options(new FeatureShape(3, 32, 32), 1))
        .hasMessageContaining("classes");
  }

  private static Architecture build(String name, int side, int classes) {
    return StockArchitectures.build(name, new Options(new FeatureShape(3, side, side), classes));
  }

  private static long trainable(Architecture architecture) {
    return architecture.requiredTensors().entrySet().stream()
        .filter(tensor -> !tensor.getKey().contains(".running_"))
        .mapToLong(StockArchitecturesTest::size)
        .sum();
  }

  private static long values(Architecture architecture) {
    return architecture.requiredTensors().entrySet().stream()
        .mapToLong(StockArchitecturesTest::size)
        .sum();
  }

  private static long size(Map.Entry<String, int[]> tensor) {
    return Arrays.stream(tensor.getValue()).asLongStream().reduce(1, (a, b) -> a * b);
  }
}
