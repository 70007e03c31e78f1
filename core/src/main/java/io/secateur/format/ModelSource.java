package io.secateur.format;

import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.NetworkMismatch;
import io.secateur.nn.Node;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.Recognition;
import io.secateur.nn.StockArchitectures;
import io.secateur.nn.UnknownArchitecture;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.text.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A model file, and what is said about it.
 *
 * @param path of the file
 * @param architecture a stock one by name, or the path of a layer list that ends in .yaml or .yml;
 *     empty to go by the layer list beside the file ({@link Companions#layers}), or else what the
 *     file says, or else its tensors
 * @param preprocessing empty to go by what the file says, or else to divide by 255
 * @param key where in a checkpoint the network stands
 */
public record ModelSource(
    Path path,
    Optional<String> architecture,
    Optional<Preprocessing> preprocessing,
    Optional<String> key) {
  private static final int MAX_LAYER_LIST = 1 << 20;

  /** A file of which nothing more is said. */
  public static ModelSource of(Path path) {
    return new ModelSource(path, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /**
   * Reads the model for images of {@code shape}.
   *
   * @throws BadModelFile if a file cannot be read, or its tensors fit no architecture or not the
   *     one asked for
   * @throws NoSuchArchitecture if there is none of the name asked for
   */
  public LoadedModel load(FeatureShape shape) {
    ReadOptions how = key.map(ReadOptions.defaults()::withKey).orElse(ReadOptions.defaults());
    ModelFile file = ModelFiles.read(path, how.withImages(shape));
    Path layers = Companions.layers(path);
    boolean beside = architecture.isEmpty() && Files.exists(layers);
    try {
      if (file.graph().isPresent()) {
        return graph(file, file.graph().get().architecture());
      }
      Network network =
          beside || architecture.filter(ModelSource::namesList).isPresent()
              ? listed(beside ? layers : Path.of(architecture.get()), file)
              : new Network(architecture(file, shape), file.weights(), preprocessing(file));
      return loaded(file, network);
    } catch (UnknownArchitecture | NetworkMismatch e) {
      throw new BadModelFile(
          path,
          e.getMessage() + (beside ? " (listed in " + layers + "; --arch overrules it)" : ""));
    }
  }

  /** What an ONNX file holds: it says its layers itself. */
  private LoadedModel graph(ModelFile file, Architecture own) {
    if (architecture.isPresent()) {
      throw new NoSuchArchitecture(
          path + " is an ONNX file, which holds its architecture; expected none");
    }
    Preprocessing said = preprocessing(file);
    boolean grey = own.input().channels() != 3 && said.equals(Preprocessing.UNIT);
    Network network =
        new Network(own, file.weights(), grey ? Preprocessing.unit(own.input().channels()) : said);
    return loaded(file, network);
  }

  /** Refuses batch norms that would take the root of a negative number, or divide by nought. */
  private LoadedModel loaded(ModelFile file, Network network) {
    for (Node node : network.architecture().nodes()) {
      if (node.layer() instanceof Layer.BatchNorm norm) {
        String name = node.name() + ".running_var";
        for (float variance : network.weights().get(name).floats()) {
          if (!(variance + norm.epsilon() > 0)) {
            throw new BadModelFile(
                path,
                "tensor "
                    + Malformed.quote(name)
                    + " holds "
                    + variance
                    + ", which is no variance");
          }
        }
      }
    }
    return new LoadedModel(path, file, network, hash(file));
  }

  /** Of the file, and of those beside it that hold weights of a graph: they are the model too. */
  private String hash(ModelFile file) {
    String own = FileHash.sha256(path);
    List<Path> beside = file.graph().map(OnnxGraph::beside).orElse(List.of());
    return beside.isEmpty()
        ? own
        : Hash.of(own + beside.stream().map(FileHash::sha256).collect(Collectors.joining()));
  }

  private static Optional<String> said(ModelFile file, String key) {
    return Optional.ofNullable(file.metadata().get(key));
  }

  /** As asked for; else as the file says; else none but the division by 255. */
  private Preprocessing preprocessing(ModelFile file) {
    Optional<String> said = said(file, SelfDescription.PREPROCESSING);
    if (preprocessing.isPresent() || said.isEmpty()) {
      return preprocessing.orElse(Preprocessing.UNIT);
    }
    try {
      return Preprocessing.parse(said.get());
    } catch (IllegalArgumentException e) {
      throw new BadModelFile(
          path, "metadata " + SelfDescription.PREPROCESSING + ": " + e.getMessage());
    }
  }

  /** The architecture that the file says: a stock one by name, never a path to follow. */
  private Architecture stock(String name, Weights weights, FeatureShape shape) {
    try {
      return StockArchitectures.build(
          name, new StockArchitectures.Options(shape, classes(weights)));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new BadModelFile(
          path, "metadata " + SelfDescription.ARCHITECTURE + ": " + e.getMessage());
    }
  }

  private Architecture architecture(ModelFile file, FeatureShape shape) {
    Weights weights = file.weights();
    if (architecture.isEmpty()) {
      return said(file, SelfDescription.ARCHITECTURE)
          .map(said -> stock(said, weights, shape))
          .orElseGet(() -> Recognition.recognise(weights, shape));
    }
    try {
      return StockArchitectures.build(
          architecture.get(), new StockArchitectures.Options(shape, classes(weights)));
    } catch (IllegalArgumentException e) {
      throw new NoSuchArchitecture(String.valueOf(e.getMessage()));
    }
  }

  private static boolean namesList(String architecture) {
    return architecture.endsWith(".yaml") || architecture.endsWith(".yml");
  }

  /** Whoever lists layers by hand may forget one, so the list must account for every tensor. */
  private Network listed(Path list, ModelFile file) {
    LayerList.Listed layers = layerList(list);
    return Network.exact(
        layers.architecture(), file.weights(), preprocessing(file), layers.unread());
  }

  private static LayerList.Listed layerList(Path file) {
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        throw new BadModelFile(file, "is no regular file");
      }
      if (Files.size(file) > MAX_LAYER_LIST) {
        throw new BadModelFile(file, "is longer than " + MAX_LAYER_LIST + " bytes");
      }
      return LayerList.readAll(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new BadModelFile(file, "cannot be read; expected a stock architecture or a layer list");
    } catch (BadLayerList e) {
      throw new BadModelFile(file, String.valueOf(e.getMessage()));
    }
  }

  /** Rows of the last matrix in the file: the classifier, in every stock architecture. */
  private static int classes(Weights weights) {
    int classes = 2;
    for (WeightTensor tensor : weights.asMap().values()) {
      int[] tensorShape = tensor.shape();
      classes = tensorShape.length == 2 ? Math.max(2, tensorShape[0]) : classes;
    }
    return classes;
  }
}
