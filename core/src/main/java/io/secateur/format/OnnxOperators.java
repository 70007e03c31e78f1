package io.secateur.format;

import io.secateur.nn.Layer;
import io.secateur.nn.Window;
import java.util.List;

/** The operators that read activations, each with what it becomes. */
final class OnnxOperators {
  private OnnxOperators() {}

  /** What the outputs of {@code node} stand for, one for each that is used. */
  static List<OnnxValue> map(OnnxMapping mapping, OnnxNode node) {
    return node.operator().equals("Split")
        ? OnnxChannels.split(mapping, node)
        : List.of(one(mapping, node));
  }

  private static OnnxValue one(OnnxMapping mapping, OnnxNode node) {
    return switch (node.operator()) {
      case "Conv" -> OnnxLayers.convolution(mapping, node);
      case "BatchNormalization" -> OnnxLayers.batchNorm(mapping, node);
      case "Gemm" -> OnnxLinear.gemm(mapping, node);
      case "MatMul" -> OnnxLinear.matmul(mapping, node);
      case "Relu" -> OnnxElementwise.activation(mapping, node, new Layer.Relu());
      case "LeakyRelu" ->
          OnnxElementwise.activation(
              mapping, node, new Layer.LeakyRelu(node.number("alpha", 0.01)));
      case "Elu" ->
          OnnxElementwise.activation(mapping, node, new Layer.Elu(node.number("alpha", 1)));
      case "Clip" -> OnnxElementwise.clip(mapping, node);
      case "Sigmoid" -> OnnxElementwise.sigmoid(mapping, node);
      case "HardSigmoid" -> OnnxElementwise.hardSigmoid(mapping, node);
      case "HardSwish" -> OnnxElementwise.activation(mapping, node, new Layer.HardSwish());
      case "Swish" -> OnnxElementwise.swish(mapping, node);
      case "Tanh" -> OnnxElementwise.activation(mapping, node, new Layer.Tanh());
      case "Dropout" -> OnnxElementwise.dropout(mapping, node);
      case "Identity" -> OnnxElementwise.activation(mapping, node, new Layer.Identity());
      case "Cast" -> cast(mapping, node);
      case "MaxPool" -> OnnxLayers.maxPool(mapping, node);
      case "AveragePool" -> OnnxLayers.averagePool(mapping, node);
      case "GlobalAveragePool" ->
          mapping.add(node, new Layer.GlobalAveragePool(), 4, mapping.feature(node, 0, 4));
      case "GlobalMaxPool" -> globalMaxPool(mapping, node);
      case "ReduceMean" -> OnnxReshaping.mean(mapping, node);
      case "Add", "Sub", "Mul", "Div" -> OnnxElementwise.binary(mapping, node);
      case "Sum" -> OnnxElementwise.joined(mapping, node, new Layer.Add());
      case "Concat" -> OnnxChannels.concat(mapping, node);
      case "Slice" -> OnnxChannels.slice(mapping, node);
      case "Gather" -> OnnxChannels.gather(mapping, node);
      case "Pad" -> OnnxChannels.pad(mapping, node);
      case "Shape" -> OnnxReshaping.shape(mapping, node);
      case "Flatten" -> OnnxReshaping.flatten(mapping, node);
      case "Reshape" -> OnnxReshaping.reshape(mapping, node);
      case "Transpose" -> OnnxReshaping.transpose(mapping, node);
      case "Squeeze" -> OnnxReshaping.squeeze(mapping, node);
      case "Unsqueeze" -> OnnxReshaping.unsqueeze(mapping, node);
      case "Resize" -> OnnxReshaping.resize(mapping, node);
      case "Softmax", "LogSoftmax" -> throw new OnnxRefusal("stands before the end of the graph");
      default -> throw new OnnxRefusal("is not supported");
    };
  }

  private static OnnxValue cast(OnnxMapping mapping, OnnxNode node) {
    if (node.integer("to", 0) != 1) {
      throw new OnnxRefusal("casts activations to ONNX data type " + node.integer("to", 0));
    }
    return mapping.feature(node, 0);
  }

  private static OnnxValue globalMaxPool(OnnxMapping mapping, OnnxNode node) {
    OnnxValue.Feature x = mapping.feature(node, 0, 4);
    Window whole =
        new Window(mapping.shape(x).height(), mapping.shape(x).width(), 1, 1, 0, 0, 1, 1);
    return mapping.add(node, new Layer.MaxPool(whole), 4, x);
  }
}
