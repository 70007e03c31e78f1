package io.secateur.nn;

import java.util.ArrayList;
import java.util.List;

/**
 * The node whose output each stage hands on: where feature maps of two networks are compared. It is
 * the stage's last sum, if no convolution of the stage comes after it, else its last convolution or
 * batch norm; and if an activation alone reads that, the activation. In a residual network this is
 * the output of the last block, in a pre-activation network the stream before the batch norm.
 */
public final class StageOutputs {
  private StageOutputs() {}

  /** Node names, one for each of {@link Stages#of}, in their order. */
  public static List<String> of(Architecture architecture) {
    List<Node> nodes = architecture.nodes();
    List<Stage> stages = Stages.of(architecture);
    List<String> outputs = new ArrayList<>();
    for (int i = 0; i < stages.size(); i++) {
      int end =
          i + 1 < stages.size()
              ? nodes.indexOf(architecture.node(stages.get(i + 1).nodes().get(0)))
              : nodes.size();
      outputs.add(output(architecture, stages.get(i), end));
    }
    return outputs;
  }

  private static String output(Architecture architecture, Stage stage, int end) {
    List<Node> nodes = architecture.nodes();
    Node tail = architecture.node(stage.nodes().get(stage.nodes().size() - 1));
    Node last = tail;
    int from = nodes.indexOf(architecture.node(stage.nodes().get(0)));
    for (Node node : nodes.subList(from, end)) {
      boolean here =
          node.output().height() == stage.height() && node.output().width() == stage.width();
      if (node.layer() instanceof Layer.Add && here) {
        last = node;
      } else if (node.layer() instanceof Layer.Conv2d && stage.nodes().contains(node.name())) {
        last = tail;
      }
    }
    List<Node> readers = architecture.consumers(last.name());
    return readers.size() == 1 && readers.get(0).layer() instanceof Layer.Activation
        ? readers.get(0).name()
        : last.name();
  }
}
