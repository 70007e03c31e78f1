package io.secateur.format;

import java.util.Set;

/** Which operators are understood, if not in every use. */
final class OnnxSupport {
  private static final Set<String> OPERATORS =
      Set.of(
          "Add",
          "AveragePool",
          "BatchNormalization",
          "Cast",
          "Ceil",
          "Clip",
          "Concat",
          "Constant",
          "ConstantOfShape",
          "Conv",
          "Div",
          "Dropout",
          "Elu",
          "Flatten",
          "Floor",
          "Gather",
          "Gemm",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "HardSigmoid",
          "HardSwish",
          "Identity",
          "LeakyRelu",
          "LogSoftmax",
          "MatMul",
          "MaxPool",
          "Mul",
          "Neg",
          "Pad",
          "Reciprocal",
          "ReduceMean",
          "Relu",
          "Reshape",
          "Resize",
          "Shape",
          "Sigmoid",
          "Slice",
          "Softmax",
          "Split",
          "Sqrt",
          "Squeeze",
          "Sub",
          "Sum",
          "Swish",
          "Tanh",
          "Transpose",
          "Unsqueeze");

  private OnnxSupport() {}

  /** Whether an operator of ONNX's own domain is understood. */
  static boolean operator(String name) {
    return OPERATORS.contains(name);
  }
}
