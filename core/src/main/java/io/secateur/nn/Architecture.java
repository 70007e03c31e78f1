package io.secateur.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A directed acyclic graph of layers, in an order in which each comes after its inputs. Built with
 * {@link ArchitectureBuilder}, which infers shapes. Immutable.
 */
public final class Architecture {
  private final String name;
  private final List<Node> nodes;
  private final Map<String, Node> byName;
  private final Map<String, List<Node>> consumers;

  Architecture(String name, List<Node> nodes) {
    this.name = name;
    this.nodes = List.copyOf(nodes);
    Map<String, Node> index = new LinkedHashMap<>();
    Map<String, List<Node>> readers = new LinkedHashMap<>();
    for (Node node : this.nodes) {
      for (String input : node.inputs()) {
        List<Node> list = readers.get(input);
        if (list == null) {
          throw new IllegalArgumentException(
              "node '" + node.name() + "' reads unknown node '" + input + "'");
        }
        list.add(node);
      }
      if (index.put(node.name(), node) != null) {
        throw new IllegalArgumentException("two nodes are named '" + node.name() + "'");
      }
      readers.put(node.name(), new ArrayList<>());
    }
    if (this.nodes.isEmpty() || !(this.nodes.get(0).layer() instanceof Layer.Input)) {
      throw new IllegalArgumentException("the first node must be the input");
    }
    this.byName = Collections.unmodifiableMap(index);
    this.consumers = Collections.unmodifiableMap(readers);
  }

  /** Name, as given with {@code --arch} for stock ones. */
  public String name() {
    return name;
  }

  /** All nodes; the first is the input, the last yields the logits (or images). */
  public List<Node> nodes() {
    return nodes;
  }

  /** The node called {@code nodeName}. */
  public Node node(String nodeName) {
    Node node = byName.get(nodeName);
    if (node == null) {
      throw new IllegalArgumentException("no node named '" + nodeName + "' in " + name);
    }
    return node;
  }

  /** The nodes that read {@code nodeName}. */
  public List<Node> consumers(String nodeName) {
    return Collections.unmodifiableList(consumers.getOrDefault(nodeName, List.of()));
  }

  /** Shape of one input image. */
  public FeatureShape input() {
    return nodes.get(0).output();
  }

  /** The node that yields the logits (or images). */
  public Node output() {
    return nodes.get(nodes.size() - 1);
  }

  /** Number of classes; of an architecture that yields images, the number of their channels. */
  public int classes() {
    return output().output().channels();
  }

  /** Names and shapes of the floating tensors that the layers need, in node order. */
  public Map<String, int[]> requiredTensors() {
    Map<String, int[]> required = new LinkedHashMap<>();
    for (Node node : nodes) {
      String prefix = node.name() + ".";
      if (node.layer() instanceof Layer.Conv2d conv) {
        Window w = conv.window();
        required.put(
            prefix + "weight",
            new int[] {
              conv.outChannels(),
              conv.inChannels() / conv.groups(),
              w.kernelHeight(),
              w.kernelWidth()
            });
        if (conv.bias()) {
          required.put(prefix + "bias", new int[] {conv.outChannels()});
        }
      } else if (node.layer() instanceof Layer.BatchNorm norm) {
        for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
          required.put(prefix + part, new int[] {norm.channels()});
        }
      } else if (node.layer() instanceof Layer.Linear linear) {
        required.put(prefix + "weight", new int[] {linear.outFeatures(), linear.inFeatures()});
        if (linear.bias()) {
          required.put(prefix + "bias", new int[] {linear.outFeatures()});
        }
      }
    }
    return required;
  }

  /** Multiply-accumulate operations of convolutions and linear layers for one image. */
  public long macs() {
    return nodes.stream().mapToLong(Architecture::macs).sum();
  }

  /** Those of one node; 0 unless it is a convolution or linear. */
  public static long macs(Node node) {
    if (node.layer() instanceof Layer.Conv2d conv) {
      Window w = conv.window();
      return (long) node.output().size()
          * (conv.inChannels() / conv.groups())
          * w.kernelHeight()
          * w.kernelWidth();
    }
    return node.layer() instanceof Layer.Linear linear
        ? (long) linear.inFeatures() * linear.outFeatures()
        : 0;
  }

  @Override
  public String toString() {
    return name + " (" + nodes.size() + " nodes, input " + input() + ", " + classes() + " classes)";
  }
}
