package io.secateur.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the architecture that tensors belong to, from their names and shapes. Every stock
 * architecture is scaled to the tensors' own width, number of classes and image channels and
 * compared; all tensors must fit, and none may be left over but batch norms' counters. A prefix
 * that all names share ({@code module.}) becomes part of the node names. Networks that differ from
 * a stock one in widths only, as after pruning, are recognised too and called {@code NAME-reshaped}
 * (not those with {@link Layer.ChannelPad}: their padding leaves no trace in the tensors).
 *
 * <p>Strides and pooling leave no trace either: the stock ones are assumed. The input size shows
 * only where a linear layer reads a whole feature map; elsewhere the hint decides.
 */
public final class Recognition {
  /** CIFAR's. */
  private static final FeatureShape DEFAULT_HINT = new FeatureShape(3, 32, 32);

  /** Sides of square images tried where the hint does not fit a linear layer. */
  private static final int[] SIDES = {28, 32, 48, 64, 96, 128, 160, 192, 224, 256};

  private static final int NAMED_FAULTS = 3;

  private Recognition() {}

  /** Recognises {@code weights}, taking images for 32×32 where the tensors do not tell. */
  public static Architecture recognise(Weights weights) {
    return recognise(weights, DEFAULT_HINT);
  }

  /**
   * Recognises {@code weights}.
   *
   * @param hint shape of the images at hand; its size counts where the tensors do not tell, its
   *     channels never
   * @throws UnknownArchitecture if no stock architecture fits, or several do
   */
  public static Architecture recognise(Weights weights, FeatureShape hint) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    weights.asMap().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return recognise(shapes, hint);
  }

  static Architecture recognise(Map<String, int[]> named, FeatureShape hint) {
    String prefix = commonPrefix(named.keySet());
    Map<String, int[]> shapes = new LinkedHashMap<>();
    named.forEach((name, shape) -> shapes.put(name.substring(prefix.length()), shape));

    List<ArchitectureFit> fits = new ArrayList<>();
    for (StockFamily family : StockArchitectures.families()) {
      for (String name : family.candidates(shapes)) {
        bestFit(family, name, shapes, hint).ifPresent(fits::add);
      }
    }
    List<Architecture> found = new ArrayList<>();
    for (ArchitectureFit fit : fits) {
      if (fit.exact()) {
        found.add(fit.architecture());
      }
    }
    if (found.isEmpty()) {
      for (ArchitectureFit fit : fits) {
        if (fit.sameNames()) {
          reshaped(fit, shapes).ifPresent(found::add);
        }
      }
    }
    if (found.size() == 1) {
      return prefixed(found.get(0), prefix);
    }
    throw new UnknownArchitecture(
        (found.isEmpty() ? nearest(fits) : "the tensors fit several architectures: " + found)
            + ". Give the architecture with --arch NAME or --arch FILE.yaml");
  }

  /** The fit at the hint's size, or at a usual one if only the size seems to be wrong. */
  private static Optional<ArchitectureFit> bestFit(
      StockFamily family, String name, Map<String, int[]> shapes, FeatureShape hint) {
    Optional<ArchitectureFit> first = fit(family, name, shapes, hint);
    if (first.isPresent()
        && (first.get().exact()
            || !first.get().sameNames()
            || !first.get().onlyLinearMisshapen())) {
      return first;
    }
    for (int side : SIDES) {
      Optional<ArchitectureFit> other =
          fit(family, name, shapes, new FeatureShape(hint.channels(), side, side));
      if (other.isPresent() && other.get().exact()) {
        return other;
      }
      first = first.isPresent() ? first : other;
    }
    return first;
  }

  /**
   * The architecture scaled to the tensors, compared with them; empty if it cannot be built at this
   * size.
   */
  private static Optional<ArchitectureFit> fit(
      StockFamily family, String name, Map<String, int[]> shapes, FeatureShape hint) {
    try {
      Architecture stock = family.build(name, hint, 10, family.width()).orElseThrow();
      int[] stem = shapes.getOrDefault(firstConvolution(stock) + ".weight", new int[0]);
      int[] head = shapes.getOrDefault(stock.output().name() + ".weight", new int[0]);
      FeatureShape input =
          stem.length == 4 ? new FeatureShape(stem[1], hint.height(), hint.width()) : hint;
      int width = stem.length == 4 ? stem[0] : family.width();
      int classes = head.length == 2 ? head[0] : stock.classes();
      return Optional.of(
          ArchitectureFit.of(
              name, family.build(name, input, classes, width).orElseThrow(), shapes));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static String firstConvolution(Architecture architecture) {
    for (Node node : architecture.nodes()) {
      if (node.layer() instanceof Layer.Conv2d) {
        return node.name();
      }
    }
    throw new IllegalStateException(architecture + " has no convolution");
  }

  /**
   * The same layers with every width as the tensors have it; empty if these widths do not go
   * together.
   */
  private static Optional<Architecture> reshaped(ArchitectureFit fit, Map<String, int[]> shapes) {
    Architecture stock = fit.architecture();
    try {
      var net = new ArchitectureBuilder(fit.name() + "-reshaped", stock.input());
      for (Node node : stock.nodes().subList(1, stock.nodes().size())) {
        FeatureShape from = net.shape(node.inputs().get(0));
        Layer layer = node.layer();
        if (layer instanceof Layer.ChannelPad) {
          return Optional.empty();
        } else if (layer instanceof Layer.Conv2d conv) {
          boolean depthwise = conv.groups() > 1;
          int out = depthwise ? from.channels() : outputs(shapes, node);
          int groups = depthwise ? from.channels() : 1;
          layer = new Layer.Conv2d(from.channels(), out, conv.window(), groups, conv.bias());
        } else if (layer instanceof Layer.BatchNorm norm) {
          layer = new Layer.BatchNorm(from.channels(), norm.epsilon());
        } else if (layer instanceof Layer.Linear linear) {
          layer = new Layer.Linear(from.size(), outputs(shapes, node), linear.bias());
        }
        net.add(node.name(), layer, node.inputs().toArray(String[]::new));
      }
      ArchitectureFit again = ArchitectureFit.of(fit.name(), net.build(), shapes);
      return again.exact() ? Optional.of(again.architecture()) : Optional.empty();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static int outputs(Map<String, int[]> shapes, Node node) {
    int[] shape = shapes.get(node.name() + ".weight");
    if (shape == null || shape.length < 2) {
      throw new IllegalArgumentException(
          "'" + node.name() + ".weight' is not a convolution or linear weight");
    }
    return shape[0];
  }

  private static Architecture prefixed(Architecture architecture, String prefix) {
    if (prefix.isEmpty()) {
      return architecture;
    }
    List<Node> nodes = new ArrayList<>();
    String input = architecture.nodes().get(0).name();
    for (Node node : architecture.nodes()) {
      List<String> inputs = new ArrayList<>();
      for (String from : node.inputs()) {
        inputs.add(from.equals(input) ? from : prefix + from);
      }
      String name = node.name().equals(input) ? input : prefix + node.name();
      nodes.add(new Node(name, node.layer(), inputs, node.output()));
    }
    return new Architecture(architecture.name(), nodes);
  }

  /** The longest prefix of whole dotted parts that all names share. */
  static String commonPrefix(Iterable<String> names) {
    String prefix = null;
    for (String name : names) {
      String path = name.substring(0, name.lastIndexOf('.') + 1);
      if (prefix == null) {
        prefix = path;
      }
      while (!path.startsWith(prefix)) {
        prefix = prefix.substring(0, prefix.lastIndexOf('.', prefix.length() - 2) + 1);
      }
    }
    return prefix == null ? "" : prefix;
  }

  private static String nearest(List<ArchitectureFit> fits) {
    ArchitectureFit best = null;
    for (ArchitectureFit fit : fits) {
      if (fit.score() > (best == null ? 0 : best.score())) {
        best = fit;
      }
    }
    if (best == null) {
      return "the tensors resemble no stock architecture";
    }
    return "the tensors fit no stock architecture; nearest is "
        + best.name()
        + " ("
        + best.fitting()
        + " of its "
        + best.tensors()
        + " tensors fit)"
        + listed("missing", best.missing())
        + listed("extra", best.extra())
        + listed("misshapen", best.misshapen());
  }

  private static String listed(String what, List<String> faults) {
    if (faults.isEmpty()) {
      return "";
    }
    int shown = Math.min(NAMED_FAULTS, faults.size());
    String more = faults.size() > shown ? " and " + (faults.size() - shown) + " more" : "";
    return "; " + what + " " + String.join(", ", faults.subList(0, shown)) + more;
  }
}
