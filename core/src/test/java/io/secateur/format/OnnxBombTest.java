package io.secateur.format;

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
    java.util.Arrays.fill(parts, "list");
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
    NodeProto cast =
        NodeProto.newBuilder()
            .setOpType("Cast")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("to")
                    .setType(AttributeProto.AttributeType.INT)
                    .setI(6))
            .build();
    WeightTensor result =
        new OnnxFolding(new MemoryBudget(1 << 20))
            .fold(
                new OnnxNode(cast, 0, 13),
                List.of(OnnxFolding.integers(new int[] {count}, values)));
    org.assertj.core.api.Assertions.assertThat(result.type()).isEqualTo(ElementType.I32);
    org.assertj.core.api.Assertions.assertThat(result.integers()[count - 1]).isEqualTo(7);
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
}
