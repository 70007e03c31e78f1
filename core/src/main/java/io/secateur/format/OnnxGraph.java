package io.secateur.format;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.secateur.nn.Architecture;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.Weights;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What an ONNX file holds besides tensors: the graph, and what it means here. It is kept whole, so
 * that a file leaves as it came but for the weights that changed.
 */
public final class OnnxGraph {
  /** What the graph yields; the network that stands for it yields logits in any case. */
  public enum Head {
    /** Class scores as they are. */
    LOGITS,
    /** A softmax of them. */
    PROBABILITIES,
    /** The logarithm of a softmax of them. */
    LOG_PROBABILITIES
  }

  private final ModelProto model;
  private final Architecture architecture;
  private final Weights weights;
  private final List<OnnxBinding> bindings;
  private final Head head;
  private final String input;
  private final String output;
  private final int batch;
  private final List<Path> beside;

  OnnxGraph(
      ModelProto model,
      Architecture architecture,
      Weights weights,
      List<OnnxBinding> bindings,
      Head head,
      String input,
      String output,
      int batch,
      List<Path> beside) {
    this.model = model;
    this.architecture = architecture;
    this.weights = weights;
    this.bindings = List.copyOf(bindings);
    this.head = head;
    this.input = input;
    this.output = output;
    this.batch = batch;
    this.beside = List.copyOf(beside);
  }

  /** The same, with weights that came from {@code files} beside the model. */
  OnnxGraph with(List<Path> files) {
    return new OnnxGraph(model, architecture, weights, bindings, head, input, output, batch, files);
  }

  /** Files beside the model that weights were read from, each once. */
  public List<Path> beside() {
    return beside;
  }

  /**
   * A new graph that computes what {@code network} does behind its preprocessing, with the inputs
   * and outputs of {@code like} where there is one.
   *
   * @throws IllegalArgumentException if a layer of it cannot be said in ONNX
   */
  static OnnxGraph of(Network network, Optional<OnnxGraph> like) {
    try {
      return OnnxExport.of(network, like);
    } catch (Malformed | OnnxRefusal e) {
      throw new IllegalArgumentException(
          network.architecture().name() + " cannot be written as ONNX: " + e.getMessage(), e);
    }
  }

  /** The layers, from the image to the logits. */
  public Architecture architecture() {
    return architecture;
  }

  /** What the graph yields. */
  public Head head() {
    return head;
  }

  /** Name of the image input. */
  public String input() {
    return input;
  }

  /** Name of the output. */
  public String output() {
    return output;
  }

  /** The image input as the file declares it. */
  ValueInfoProto inputInfo() {
    return model.getGraph().getInputList().stream()
        .filter(info -> info.getName().equals(input))
        .findFirst()
        .orElseThrow();
  }

  /** The output as the file declares it. */
  ValueInfoProto outputInfo() {
    return model.getGraph().getOutput(0);
  }

  /** How many images the graph takes at once; empty for any number. */
  public OptionalInt batch() {
    return batch == 0 ? OptionalInt.empty() : OptionalInt.of(batch);
  }

  /** Version of ONNX's operators that the graph uses. */
  public long opset() {
    return model.getOpsetImportList().stream()
        .filter(set -> set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx"))
        .mapToLong(set -> set.getVersion())
        .max()
        .orElse(0);
  }

  /** The weights that the graph came with. */
  Weights weights() {
    return weights;
  }

  ModelProto model() {
    return model;
  }

  List<OnnxBinding> bindings() {
    return bindings;
  }

  /** Whether {@code other} has the same layers in the same places. */
  boolean fits(Architecture other) {
    List<Node> own = architecture.nodes();
    return other == architecture || own.equals(other.nodes());
  }
}
