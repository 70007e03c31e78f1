package io.secateur.format;

/**
 * An operator of an ONNX graph that is not understood, or not in the way it is used.
 *
 * @param operator its name, with its domain unless that is ONNX's own
 * @param node name of the node, or of what it yields
 * @param opset version of the operator set of its domain
 * @param reason what is wrong with it
 */
public record UnsupportedOperator(String operator, String node, long opset, String reason) {
  @Override
  public String toString() {
    String shown = operator.matches("[\\w.-]{1,80}") ? operator : Malformed.quote(operator);
    return shown + " (node " + Malformed.quote(node) + ", opset " + opset + "): " + reason;
  }
}
