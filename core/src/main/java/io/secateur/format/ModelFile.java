package io.secateur.format;

import io.secateur.nn.Network;
import io.secateur.nn.Weights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model file held: the tensors of one network, and what is needed to write them back into a
 * file of the same kind.
 *
 * @param layout the kind of file
 * @param weights the network's tensors in file order, their names without {@code prefix}
 * @param prefix what all names began with and lost: {@code "module."} (left by DataParallel) or
 *     empty
 * @param path the keys under which the network was nested, outermost first; empty for a bare state
 *     dict
 * @param metadata texts beside the tensors: the metadata of safetensors, or a checkpoint's scalars
 *     as text
 * @param scalars the plain values in a checkpoint's outermost mapping, written back as they were
 * @param graph of an ONNX file, and of no other
 */
public record ModelFile(
    Layout layout,
    Weights weights,
    String prefix,
    List<String> path,
    Map<String, String> metadata,
    Map<String, Scalar> scalars,
    Optional<OnnxGraph> graph) {

  /** The kinds of model file. */
  public enum Layout {
    /** A zip archive of a pickle and raw storages: {@code torch.save} since PyTorch 1.6. */
    TORCH_ZIP,
    /** Several pickles and raw storages in a row: {@code torch.save} before PyTorch 1.6. */
    TORCH_LEGACY,
    /** Length, JSON header, raw data. */
    SAFETENSORS,
    /** A protocol buffer: a graph of operators, and the weights in it or beside it. */
    ONNX
  }

  /** Copies the collections and refuses a scalar that would hide the network. */
  public ModelFile {
    if (graph.isPresent() != (layout == Layout.ONNX)) {
      throw new IllegalArgumentException("an ONNX file has a graph, others have none");
    }
    path = List.copyOf(path);
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    scalars = Collections.unmodifiableMap(new LinkedHashMap<>(scalars));
    if (!path.isEmpty() && scalars.containsKey(path.get(0))) {
      throw new IllegalArgumentException(
          "the scalar '" + path.get(0) + "' stands where the network is nested");
    }
    for (String key : scalars.keySet()) {
      if (path.isEmpty()
          && key.startsWith(prefix)
          && weights.find(key.substring(prefix.length())).isPresent()) {
        throw new IllegalArgumentException("'" + key + "' is both a scalar and a tensor");
      }
    }
  }

  /** A file of kind {@code layout} with nothing but {@code weights}, not nested. */
  public static ModelFile of(Layout layout, Weights weights) {
    return new ModelFile(layout, weights, "", List.of(), Map.of(), Map.of());
  }

  /** A file without a graph. */
  public ModelFile(
      Layout layout,
      Weights weights,
      String prefix,
      List<String> path,
      Map<String, String> metadata,
      Map<String, Scalar> scalars) {
    this(layout, weights, prefix, path, metadata, scalars, Optional.empty());
  }

  /** The same file with other weights. */
  public ModelFile withWeights(Weights changed) {
    return new ModelFile(layout, changed, prefix, path, metadata, scalars, graph);
  }

  /** The same file with other texts beside the tensors. */
  public ModelFile withMetadata(Map<String, String> changed) {
    return new ModelFile(layout, weights, prefix, path, changed, scalars, graph);
  }

  /** The same content as another kind of file without a graph. */
  public ModelFile withLayout(Layout changed) {
    return new ModelFile(changed, weights, prefix, path, metadata, scalars);
  }

  /**
   * The same content with {@code network} in it, as a file of kind {@code changed}. An ONNX graph
   * stays as it is where it fits the network, and is made anew otherwise.
   *
   * @throws IllegalArgumentException if a layer of the network cannot be said in ONNX
   */
  public ModelFile holding(Network network, Layout changed) {
    if (changed != Layout.ONNX) {
      return new ModelFile(changed, network.weights(), prefix, path, metadata, scalars);
    }
    OnnxGraph own =
        graph
            .filter(present -> present.fits(network.architecture()))
            .orElseGet(() -> OnnxGraph.of(network, graph));
    return new ModelFile(
        changed, network.weights(), "", List.of(), metadata, Map.of(), Optional.of(own));
  }
}
