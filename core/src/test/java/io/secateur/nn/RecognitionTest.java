package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.nn.StockArchitectures.Options;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecognitionTest {
  private static final FeatureShape CIFAR = new FeatureShape(3, 32, 32);

  @Test
  void every_stock_architecture_is_recognised_from_its_own_tensors() {
    for (String name : StockArchitectures.names()) {
      FeatureShape size =
          name.contains("vgg") && name.contains("torchvision")
              ? new FeatureShape(3, 224, 224)
              : CIFAR;
      Architecture stock = StockArchitectures.build(name, new Options(size, 43));

      Architecture found = Recognition.recognise(stock.requiredTensors(), CIFAR);

      assertThat(found.name()).isEqualTo(name);
      assertThat(found.nodes()).isEqualTo(stock.nodes());
    }
  }

  @Test
  void widths_classes_and_image_channels_are_read_from_the_tensors() {
    for (String name :
        new String[] {
          "resnet18-w16",
          "resnet50-w8",
          "resnet20-w4",
          "preactresnet18-w8",
          "wrn-22-3",
          "wrn-10-2-w8",
          "vgg11-bn-w16",
          "smallvgg-w8",
          "mobilenetv2-w16",
          "mobilenetv2-torchvision-w16"
        }) {
      Architecture stock =
          StockArchitectures.build(name, new Options(new FeatureShape(1, 32, 32), 4));

      Architecture found = Recognition.recognise(zeros(stock), CIFAR);

      assertThat(found.name()).isEqualTo(name);
      assertThat(found.nodes()).isEqualTo(stock.nodes());
    }
  }

  @Test
  void the_input_size_follows_the_hint_unless_a_linear_layer_fixes_it() {
    FeatureShape large = new FeatureShape(3, 64, 64);
    Architecture pooled = StockArchitectures.build("resnet18-w8", new Options(CIFAR, 10));
    Architecture flat = StockArchitectures.build("smallvgg-w8", new Options(large, 10));

    assertThat(Recognition.recognise(zeros(pooled)).input()).isEqualTo(CIFAR);
    assertThat(Recognition.recognise(zeros(pooled), large).input()).isEqualTo(large);
    assertThat(Recognition.recognise(zeros(flat)).input()).isEqualTo(large);
  }

  @Test
  void a_prefix_shared_by_all_names_becomes_part_of_the_node_names() {
    Architecture stock = StockArchitectures.build("resnet20-w4", new Options(CIFAR, 10));
    Map<String, int[]> shapes = new LinkedHashMap<>();
    stock.requiredTensors().forEach((name, shape) -> shapes.put("module.net." + name, shape));
    shapes.put("module.net.bn1.num_batches_tracked", new int[0]);

    Architecture found = Recognition.recognise(shapes, CIFAR);

    assertThat(found.requiredTensors().keySet())
        .containsExactlyElementsOf(
            shapes.keySet().stream().filter(name -> !name.endsWith("tracked")).toList());
    assertThat(found.node("module.net.conv1").inputs()).containsExactly("input");
  }

  @Test
  void uneven_widths_are_recognised_by_structure() {
    Architecture stock = StockArchitectures.build("resnet18-w8", new Options(CIFAR, 10));
    Map<String, int[]> shapes = new LinkedHashMap<>(stock.requiredTensors());
    shapes.put("layer1.0.conv1.weight", new int[] {5, 8, 3, 3});
    for (String part : new String[] {"weight", "bias", "running_mean", "running_var"}) {
      shapes.put("layer1.0.bn1." + part, new int[] {5});
    }
    shapes.put("layer1.0.conv2.weight", new int[] {8, 5, 3, 3});

    Architecture found = Recognition.recognise(shapes, CIFAR);

    assertThat(found.name()).isEqualTo("resnet18-reshaped");
    assertThat(found.node("layer1.0.relu1").output()).isEqualTo(new FeatureShape(5, 32, 32));
  }

  @Test
  void a_failure_names_the_nearest_architecture_and_what_is_amiss() {
    Architecture stock = StockArchitectures.build("preactresnet18", new Options(CIFAR, 10));
    Map<String, int[]> shapes = new LinkedHashMap<>(stock.requiredTensors());
    shapes.remove("layer2.0.shortcut.0.weight");
    shapes.put("extra.scale", new int[] {1});
    shapes.put("linear.weight", new int[] {10, 2048});

    assertThatThrownBy(() -> Recognition.recognise(shapes, CIFAR))
        .isInstanceOf(UnknownArchitecture.class)
        .hasMessageContaining("nearest is preactresnet18 (")
        .hasMessageContaining("missing 'layer2.0.shortcut.0.weight'")
        .hasMessageContaining("extra 'extra.scale'")
        .hasMessageContaining("misshapen 'linear.weight' [10, 2048] instead of [10, 512]")
        .hasMessageContaining("--arch");
  }

  @Test
  void hostile_shapes_and_foreign_names_are_refused_quietly() {
    Architecture stock = StockArchitectures.build("resnet18", new Options(CIFAR, 10));
    Map<String, int[]> shapes = new LinkedHashMap<>(stock.requiredTensors());
    shapes.put("conv1.weight", new int[] {Integer.MAX_VALUE, 0, 3, 3});

    assertThatThrownBy(() -> Recognition.recognise(shapes, CIFAR))
        .isInstanceOf(UnknownArchitecture.class);
    assertThatThrownBy(() -> Recognition.recognise(Map.of("foreign", new int[] {3}), CIFAR))
        .isInstanceOf(UnknownArchitecture.class)
        .hasMessageContaining("resemble no stock architecture");
    assertThatThrownBy(() -> Recognition.recognise(Map.<String, int[]>of(), CIFAR))
        .isInstanceOf(UnknownArchitecture.class);
  }

  private static Weights zeros(Architecture architecture) {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    architecture
        .requiredTensors()
        .forEach(
            (name, shape) -> {
              int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
              tensors.put(name, WeightTensor.ofFloats(shape, new float[size]));
            });
    return Weights.of(tensors);
  }
}
