package io.secateur.format;

/**
 * Where a weight of the network stands in an ONNX graph.
 *
 * @param tensor name of the weight
 * @param node number of the node that reads it
 * @param input which of the node's inputs it is
 * @param transposed whether it stands there as [in, out]
 * @param factor what it has there been divided by: Gemm multiplies it back
 */
record OnnxBinding(String tensor, int node, int input, boolean transposed, double factor) {}
