package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.secateur.nn.ElementType;
import io.secateur.nn.WeightTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Small graphs whose constants would take hours or all memory; each is refused in a moment. */
@Timeout(60)
class OnnxBombTest {
  @TempDir private Path folder;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("g");

  private void node(String operator, String output, String... inputs) {
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(output)
            .addAllInput(List.of(inputs))
            .addOutput(output));
  }

  private void number(String name, long... values) {
    graph.addInitializer(
        OnnxTensors.encode(name, OnnxFolding.integers(new int[] {values.length}, values)));
  }

  private void assertRefused(String said) throws IOException {
    ModelProto honest =
        ModelProto.parseFrom(Files.readAllBytes(OnnxModels.fixture("squeezenet.onnx")));
    GraphProto own = honest.getGraph();
    graph.addAllInput(own.getInputList()).addAllOutput(own.getOutputList());
    Path file =
        Files.write(
            folder.resolve("model.onnx"), honest.toBuilder().setGraph(graph).build().toByteArray());
    assertThatThrownBy(() -> ModelFiles.read(file))
        .isInstanceOf(BadModelFile.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(said);
  }

  /** Makes the class scores depend on a value that no operator here takes. */
  private void end(String from) throws IOException {
    ModelProto honest =
        ModelProto.parseFrom(Files.readAllBytes(OnnxModels.fixture("squeezenet.onnx")));
    GraphProto own = honest.getGraph();
    node("Add", own.getOutput(0).getName(), own.getInput(0).getName(), from);
  }

  @Test
  void a_constant_filled_with_nothing_is_refused() throws IOException {
    number("shape", 2, 2);
    TensorProto nothing = OnnxTensors.encode("", OnnxFolding.integers(new int[] {0}));
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("ConstantOfShape")
            .addInput("shape")
            .addOutput("filled")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("value")
                    .setType(AttributeProto.AttributeType.TENSOR)
                    .setT(nothing)));
    end("filled");
    assertRefused("expected one number");
  }

  @Test
  void a_long_list_joined_with_itself_again_and_again_is_refused_before_it_is_made()
      throws IOException {
    number("list", new long[1000]);
    String[] parts = new String[100_000];
    Arrays.fill(parts, "list");
    node("Concat", "joined", parts);
    end("joined");
    assertRefused("bytes");
  }

  @Test
  void a_large_constant_looked_at_by_many_nodes_is_refused() throws IOException {
    number("shape", 8_000_000);
    number("first", 0);
    node("ConstantOfShape", "large", "shape");
    node("Gather", "x0", "large", "first");
    for (int i = 1; i < 5000; i++) {
      node("Gather", "y" + i, "large", "first");
      node("Add", "x" + i, "x" + (i - 1), "y" + i);
    }
    end("x4999");
    assertRefused("constant values, out of a file of");
  }

  @Test
  void a_cast_of_whole_numbers_takes_one_pass() {
    int count = 200_000;
    long[] values = new long[count];
    values[count - 1] = 7;
    WeightTensor result = folded("Cast", OnnxNodes.integer("to", 6), whole(values));
    assertThat(result.type()).isEqualTo(ElementType.I32);
    assertThat(result.integers()[count - 1]).isEqualTo(7);
  }

  @Test
  void one_matrix_turned_for_many_layers_is_refused() throws IOException {
    int side = 600;
    graph.addInitializer(
        OnnxTensors.encode(
            "matrix", WeightTensor.ofFloats(new int[] {side, side}, new float[side * side])));
    graph.addInitializer(
        OnnxTensors.encode(
            "first", WeightTensor.ofFloats(new int[] {3, side}, new float[3 * side])));
    ModelProto honest =
        ModelProto.parseFrom(Files.readAllBytes(OnnxModels.fixture("squeezenet.onnx")));
    node("GlobalAveragePool", "pool", honest.getGraph().getInput(0).getName());
    node("Flatten", "flat", "pool");
    node("Gemm", "x0", "flat", "first");
    for (int i = 1; i < 600; i++) {
      node("Gemm", "x" + i, "x" + (i - 1), "matrix");
    }
    end("x599");
    assertRefused("bytes, out of a file of");
  }

  @Test
  void a_16_bit_graph_is_refused_by_name() throws IOException {
    ModelProto honest =
        ModelProto.parseFrom(Files.readAllBytes(OnnxModels.fixture("squeezenet.onnx")));
    GraphProto.Builder half = honest.getGraph().toBuilder();
    half.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().setElemType(10);
    Path file =
        Files.write(
            folder.resolve("half.onnx"), honest.toBuilder().setGraph(half).build().toByteArray());
    assertThatThrownBy(() -> ModelFiles.read(file))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("16-bit floats");
  }

  private void gatheringNodes(int count, String name) throws IOException {
    number("scattered", new long[4096]);
    ModelProto honest =
        ModelProto.parseFrom(Files.readAllBytes(OnnxModels.fixture("squeezenet.onnx")));
    String image = honest.getGraph().getInput(0).getName();
    String[] outputs = new String[count];
    for (int i = 0; i < count; i++) {
      outputs[i] = "y" + i;
      graph.addNode(
          NodeProto.newBuilder()
              .setOpType("Gather")
              .setName(name)
              .addInput(image)
              .addInput("scattered")
              .addOutput(outputs[i])
              .addAttribute(OnnxNodes.integer("axis", 1)));
    }
    node("Sum", "all", outputs);
    end("all");
  }

  @Test
  void few_nodes_that_would_become_very_many_layers_are_refused() throws IOException {
    gatheringNodes(26, "gather");
    assertRefused("makes more than 100000 layers of its ONNX graph");
  }

  @Test
  void a_long_name_for_thousands_of_layers_is_refused() throws IOException {
    gatheringNodes(1, "n".repeat(50_000));
    assertRefused("has layers with names too long to be kept, the last 'nnn");
  }

  @Test
  @Timeout(20)
  void names_wanted_again_and_again_are_numbered_without_a_search() {
    OnnxNames names = new OnnxNames();
    names.reserve("x_2.weight");
    assertThat(names.unique("x")).isEqualTo("x");
    assertThat(names.unique("x_1")).isEqualTo("x_1");
    assertThat(names.unique("x")).isEqualTo("x_3");
    for (int i = 4; i < 60_000; i++) {
      names.unique("x");
    }
    assertThat(names.unique("x")).isEqualTo("x_60000");
    assertThat(names.unique("x_1")).isEqualTo("x_1_1");
  }

  @Test
  void rows_of_a_large_constant_gathered_again_and_again_are_refused_before_they_are_made()
      throws IOException {
    number("shape", 1, 8_000_000);
    number("first", new long[255]);
    node("ConstantOfShape", "large", "shape");
    node("Gather", "gathered", "large", "first");
    end("gathered");
    assertRefused("tensor 'computed' of 2.04e+09 values");
  }

  @Test
  void rows_of_a_constant_without_values_are_not_listed() throws IOException {
    number("shape", 0, 1 << 30);
    number("start", 0);
    number("end", Integer.MAX_VALUE);
    number("axis", 1);
    node("ConstantOfShape", "empty", "shape");
    node("Slice", "sliced", "empty", "start", "end", "axis");
    end("sliced");
    assertRefused("tensor 'computed' of 1.07e+09 values");
  }

  @Test
  @Timeout(20)
  void blocks_of_a_constant_without_values_are_not_gone_through() {
    WeightTensor empty = WeightTensor.ofFloats(new int[] {1 << 20, 1, 0}, new float[0]);
    WeightTensor rows = whole(new long[1000]);
    for (int i = 0; i < 50; i++) {
      assertThat(folded("Gather", OnnxNodes.integer("axis", 1), empty, rows).shape())
          .containsExactly(1 << 20, 1000, 0);
    }
  }

  @Test
  void a_constant_of_very_many_axes_is_refused_before_it_is_made() {
    long[] many = new long[100_000];
    Arrays.setAll(many, i -> i);
    assertRankRefused("Unsqueeze", 100_001, whole(7), whole(many));
    long[] ones = new long[65];
    Arrays.fill(ones, 1);
    assertRankRefused("Reshape", 65, whole(7), whole(ones));
    assertRankRefused("ConstantOfShape", 65, whole(ones));
    WeightTensor deepest = folded("Reshape", whole(7), whole(Arrays.copyOf(ones, 64)));
    assertRankRefused("Gather", 127, deepest, folded("Sub", deepest, deepest));
  }

  private static void assertRankRefused(String operator, int rank, WeightTensor... inputs) {
    assertThatThrownBy(() -> folded(operator, inputs))
        .isInstanceOf(OnnxRefusal.class)
        .hasMessage("makes a constant of rank " + rank + ", expected at most 64");
  }

  @Test
  void a_constant_of_64_axes_is_made() {
    long[] axes = new long[63];
    Arrays.setAll(axes, i -> -1 - i);
    WeightTensor deep = folded("Unsqueeze", whole(7, 8), whole(axes));
    assertThat(deep.shape()).hasSize(64).startsWith(2, 1).endsWith(1);
    assertThat(folded("Squeeze", deep, whole(axes)).shape()).containsExactly(2);
    assertThat(folded("Squeeze", deep).shape()).containsExactly(2);
    assertThat(folded("Transpose", deep).shape()).startsWith(1).endsWith(1, 2);
    assertThat(folded("Shape", deep).size()).isEqualTo(64);
  }

  @Test
  void an_axis_named_twice_is_refused() {
    for (String operator : List.of("Unsqueeze", "Squeeze")) {
      assertThatThrownBy(() -> folded(operator, whole(7), whole(new long[2])))
          .isInstanceOf(OnnxRefusal.class)
          .hasMessage("names axis 0 twice");
    }
    assertThatThrownBy(() -> folded("Transpose", OnnxNodes.integers("perm", 0, -2), counting(2, 2)))
        .isInstanceOf(OnnxRefusal.class)
        .hasMessage("names axis 0 twice");
  }

  @Test
  void more_slices_than_a_constant_has_axes_are_refused() {
    WeightTensor zeros = whole(new long[65]);
    assertThatThrownBy(() -> folded("Slice", whole(7), zeros, zeros, zeros))
        .isInstanceOf(OnnxRefusal.class)
        .hasMessage("slices along 65 axes");
  }

  @Test
  void a_constant_is_transposed_and_gathered_value_by_value() {
    WeightTensor cube = counting(2, 3, 4);
    WeightTensor turned = folded("Transpose", OnnxNodes.integers("perm", 2, 0, 1), cube);
    assertThat(turned.shape()).containsExactly(4, 2, 3);
    WeightTensor gathered = folded("Gather", OnnxNodes.integer("axis", 1), cube, whole(2, -3));
    assertThat(gathered.shape()).containsExactly(2, 2, 4);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 2; j++) {
        for (int k = 0; k < 3; k++) {
          assertThat(turned.at((i * 2 + j) * 3 + k)).isEqualTo(cube.at((j * 3 + k) * 4 + i));
        }
        for (int k = 0; k < 2; k++) {
          int row = k == 0 ? 2 : 0;
          assertThat(gathered.at((j * 2 + k) * 4 + i)).isEqualTo(cube.at((j * 3 + row) * 4 + i));
        }
      }
    }
  }

  private static WeightTensor whole(long... values) {
    return OnnxFolding.integers(new int[] {values.length}, values);
  }

  /** A tensor whose values are 0, 1, 2 and so on. */
  private static WeightTensor counting(int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return WeightTensor.ofFloats(shape, values);
  }

  private static WeightTensor folded(String operator, WeightTensor... inputs) {
    return folded(NodeProto.newBuilder().setOpType(operator), inputs);
  }

  private static WeightTensor folded(
      String operator, AttributeProto attribute, WeightTensor... inputs) {
    return folded(NodeProto.newBuilder().setOpType(operator).addAttribute(attribute), inputs);
  }

  private static WeightTensor folded(NodeProto.Builder node, WeightTensor... inputs) {
    return new OnnxFolding(new MemoryBudget(1 << 20))
        .fold(new OnnxNode(node.build(), 0, 13), List.of(inputs));
  }
}
