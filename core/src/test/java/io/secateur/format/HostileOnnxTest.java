package io.secateur.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX files that lie: each is refused in one line that names file and cause. */
class HostileOnnxTest {
  @TempDir private Path folder;

  private byte[] honest;

  @BeforeEach
  void read() throws IOException {
    honest = Files.readAllBytes(OnnxModels.fixture("resnet-norms.onnx"));
  }

  private void assertRefused(byte[] content, String... words) throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), content);
    assertThatThrownBy(() -> ModelFiles.read(file))
        .isInstanceOf(BadModelFile.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContainingAll(words);
  }

  private void assertRefused(Consumer<GraphProto.Builder> lie, String... words) throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(honest).toBuilder();
    lie.accept(model.getGraphBuilder());
    assertRefused(model.build().toByteArray(), words);
  }

  @Test
  void a_file_cut_anywhere_is_refused() throws IOException {
    for (int length = 0; length < honest.length; length += 1 + honest.length / 150) {
      assertRefused(Arrays.copyOf(honest, length), "");
    }
    assertRefused(Arrays.copyOf(honest, honest.length - 1), "");
  }

  @Test
  void changed_bytes_never_give_anything_but_a_network_or_one_line() throws IOException {
    Random random = new Random(3);
    int refused = 0;
    for (int round = 0; round < 400; round++) {
      byte[] changed = honest.clone();
      for (int i = 0; i < 1 + round % 8; i++) {
        int at = random.nextInt(3) == 0 ? random.nextInt(2000) : random.nextInt(changed.length);
        changed[at] = (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("model.onnx"), changed);
      try {
        ModelFiles.read(file);
      } catch (BadModelFile e) {
        refused++;
        assertThat(e).hasMessageStartingWith(file + ": ");
      }
    }
    assertThat(refused).isGreaterThan(50);
  }

  @Test
  void weights_that_lie_about_their_size_are_refused_by_name() throws IOException {
    assertRefused(
        graph -> graph.setInitializer(0, graph.getInitializer(0).toBuilder().setDims(0, 1L << 40)),
        "'conv1.weight'");
    assertRefused(
        graph -> graph.setInitializer(0, graph.getInitializer(0).toBuilder().setDims(0, -1)),
        "'conv1.weight' has the extent -1");
    assertRefused(
        graph -> graph.setInitializer(0, graph.getInitializer(0).toBuilder().setDims(0, 9)),
        "claims 243 values of F32, the file gives it 216");
    assertRefused(
        graph -> graph.setInitializer(0, graph.getInitializer(0).toBuilder().setDataType(77)),
        "ONNX data type 77");
    assertRefused(
        graph ->
            graph.setInitializer(
                0,
                graph.getInitializer(0).toBuilder()
                    .setRawData(ByteString.copyFrom(repeated((byte) 0xff, 864)))),
        "'conv1.weight' holds NaN");
  }

  private static byte[] repeated(byte value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, value);
    return bytes;
  }

  @Test
  void graphs_that_do_not_hold_together_are_refused_with_the_node() throws IOException {
    int last = ModelProto.parseFrom(honest).getGraph().getNodeCount() - 1;
    assertRefused(
        graph -> graph.setNode(0, graph.getNode(0).toBuilder().setInput(0, "nowhere")),
        "reads 'nowhere', which nothing yields");
    assertRefused(
        graph -> {
          String scores = graph.getOutput(0).getName();
          for (int i = 0; i < graph.getNodeCount(); i++) {
            if (graph.getNode(i).getOpType().equals("Conv")) {
              graph.setNode(i, graph.getNode(i).toBuilder().setInput(0, scores));
              return;
            }
          }
        },
        "a later node yields (a cycle, or nodes out of order)");
    assertRefused(graph -> graph.addNode(graph.getNode(last)), "in two places of the graph");
    assertRefused(graph -> graph.addInitializer(graph.getInitializer(0)), "the same name twice");
    assertRefused(GraphProto.Builder::clearOutput, "has 0 outputs");
    assertRefused(GraphProto.Builder::clearInput, "has 0 inputs");
    assertRefused(
        graph -> graph.addInput(graph.getInput(0).toBuilder().setName("other")), "inputs");
    assertRefused(
        graph ->
            graph
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(2)
                .setDimValue(1L << 40),
        "has a side of 1099511627776 pixels");
  }

  @Test
  void settings_that_give_no_numbers_are_refused() throws IOException {
    for (float epsilon : new float[] {Float.NaN, -1, Float.POSITIVE_INFINITY}) {
      assertRefused(
          graph -> {
            for (NodeProto.Builder node : graph.getNodeBuilderList()) {
              if (node.getOpType().equals("BatchNormalization")) {
                node.clearAttribute()
                    .addAttribute(
                        AttributeProto.newBuilder()
                            .setName("epsilon")
                            .setType(AttributeProto.AttributeType.FLOAT)
                            .setF(epsilon));
                return;
              }
            }
          },
          "epsilon must");
    }
  }

  @Test
  void more_images_at_once_than_memory_holds_are_refused() throws IOException {
    assertRefused(graph -> images(graph, 16_000, 224), "values at once, expected at most");
    assertRefused(graph -> images(graph, 1, 16_000), "values at once, expected at most");
    assertRefused(
        graph -> {
          images(graph, 400, 224);
          for (NodeProto.Builder node : graph.getNodeBuilderList()) {
            if (node.getOpType().equals("Relu")) {
              String channels = node.getInput(0);
              node.setOpType("Concat").addAttribute(whole("axis", 1));
              for (int i = 0; i < 7; i++) {
                node.addInput(channels);
              }
              return;
            }
          }
        },
        "too large to be computed",
        "yields 64x224x224 for each of 400 images");
  }

  private static AttributeProto whole(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static void images(GraphProto.Builder graph, long count, long side) {
    var shape = graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
    shape.getDimBuilder(0).clearDimParam().setDimValue(count);
    shape.getDimBuilder(2).setDimValue(side);
    shape.getDimBuilder(3).setDimValue(side);
  }

  @Test
  void a_node_that_joins_nothing_is_refused() throws IOException {
    assertRefused(graph -> joiningNothing(graph, "Sum"), "has no inputs");
    assertRefused(graph -> joiningNothing(graph, "Concat"), "Concat");
  }

  private static void joiningNothing(GraphProto.Builder graph, String operator) {
    for (int i = 0; i < graph.getNodeCount(); i++) {
      if (graph.getNode(i).getOpType().equals("Relu")) {
        graph.setNode(i, graph.getNode(i).toBuilder().setOpType(operator).clearInput());
        return;
      }
    }
  }

  @Test
  void operators_outside_the_set_are_all_named_with_node_and_opset() throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(honest).toBuilder();
    GraphProto.Builder graph = model.getGraphBuilder();
    int changed = 0;
    for (int i = 0; i < graph.getNodeCount(); i++) {
      NodeProto node = graph.getNode(i);
      if (node.getOpType().equals("Relu")) {
        String operator = changed == 0 ? "Celu" : changed == 1 ? "Selu" : "Mish";
        graph.setNode(i, node.toBuilder().setOpType(operator).setDomain(changed > 1 ? "x.y" : ""));
        changed++;
      }
    }
    Path file = Files.write(folder.resolve("model.onnx"), model.build().toByteArray());
    int expected = changed;
    assertThatThrownBy(() -> ModelFiles.read(file))
        .hasMessageContaining("Celu (node '/relu/Relu', opset 11): is not supported")
        .hasMessageContaining("x.y.Mish")
        .satisfies(
            e ->
                assertThat(((BadModelFile) e).unsupportedOperators())
                    .hasSize(expected)
                    .anyMatch(operator -> operator.operator().equals("Selu")));
  }

  @Test
  void opsets_that_are_too_old_or_not_known_yet_are_refused() throws IOException {
    for (long version : new long[] {0, 8, 99}) {
      ModelProto.Builder model = ModelProto.parseFrom(honest).toBuilder();
      model.getOpsetImportBuilder(0).setVersion(version);
      assertRefused(model.build().toByteArray(), "uses ONNX opset " + version);
    }
  }

  @Test
  void nesting_and_numbers_of_parts_are_bounded() throws IOException {
    GraphProto inner = GraphProto.getDefaultInstance();
    for (int depth = 0; depth < 40; depth++) {
      inner =
          GraphProto.newBuilder()
              .addNode(
                  NodeProto.newBuilder()
                      .setOpType("If")
                      .addAttribute(
                          AttributeProto.newBuilder()
                              .setName("then_branch")
                              .setType(AttributeProto.AttributeType.GRAPH)
                              .setG(inner)))
              .build();
    }
    assertRefused(
        ModelProto.newBuilder().setIrVersion(7).setGraph(inner).build().toByteArray(), "deep");

    ByteArrayOutputStream nodes = new ByteArrayOutputStream();
    for (int i = 0; i < 600_000; i++) {
      nodes.write(0x0a);
      nodes.write(0);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeInt64(1, 7);
    out.writeByteArray(7, nodes.toByteArray());
    out.flush();
    assertRefused(bytes.toByteArray(), "more than 500000 parts");
  }

  @Test
  void constants_that_would_fill_the_memory_are_refused() throws IOException {
    assertRefused(
        graph -> {
          TensorProto shape =
              OnnxTensors.encode("huge.shape", OnnxFolding.integers(new int[] {1}, 1L << 30));
          graph.addInitializer(shape);
          NodeProto relu = graph.getNode(graph.getNodeCount() - 1);
          graph.setNode(graph.getNodeCount() - 1, relu.toBuilder().setInput(1, "huge"));
          graph.addNode(
              0,
              NodeProto.newBuilder()
                  .setOpType("ConstantOfShape")
                  .addInput("huge.shape")
                  .addOutput("huge"));
        },
        "bytes");
  }

  @Test
  void weights_beside_the_model_are_read_from_its_own_folder_only() throws IOException {
    TensorProto first = ModelProto.parseFrom(honest).getGraph().getInitializer(0);
    byte[] data = first.getRawData().toByteArray();
    Path model = Files.createDirectories(folder.resolve("m"));
    Files.write(folder.resolve("outside.bin"), data);
    Files.write(model.resolve("inside.bin"), data);
    Files.createSymbolicLink(model.resolve("link.bin"), folder.resolve("outside.bin"));

    assertThat(ModelFiles.read(external(model, "inside.bin", "0", "864")).weights())
        .isEqualTo(ModelFiles.read(OnnxModels.fixture("resnet-norms.onnx")).weights());
    String[][] lies = {
      {"../outside.bin", "0", "864", "without '..'"},
      {folder.resolve("outside.bin").toString(), "0", "864", "absolute path"},
      {"link.bin", "0", "864", "leads out"},
      {"missing.bin", "0", "864", "does not exist beside the model"},
      {"", "0", "864", "expected a file in the model's own folder"},
      {".", "0", "864", "does not exist"},
      {"inside.bin", "1", "864", "from byte 1 on"},
      {"inside.bin", "0", "865", "865"},
      {"inside.bin", "-1", "864", "offset '-1'"},
      {"inside.bin", "9223372036854775807", "864", "which has 864"},
      {"inside.bin", "0", "x", "length 'x'"},
    };
    for (String[] lie : lies) {
      Path file = external(model, lie[0], lie[1], lie[2]);
      assertThatThrownBy(() -> ModelFiles.read(file))
          .as(lie[0])
          .isInstanceOf(BadModelFile.class)
          .hasMessageContaining("'conv1.weight'")
          .hasMessageContaining(lie[3]);
    }
  }

  private Path external(Path where, String location, String offset, String length)
      throws IOException {
    ModelProto.Builder model = ModelProto.parseFrom(honest).toBuilder();
    TensorProto.Builder tensor = model.getGraphBuilder().getInitializerBuilder(0);
    tensor.clearRawData().setDataLocation(TensorProto.DataLocation.EXTERNAL);
    String[][] entries = {{"location", location}, {"offset", offset}, {"length", length}};
    for (String[] entry : entries) {
      tensor.addExternalData(
          StringStringEntryProto.newBuilder().setKey(entry[0]).setValue(entry[1]));
    }
    return Files.write(where.resolve("model.onnx"), model.build().toByteArray());
  }
}
