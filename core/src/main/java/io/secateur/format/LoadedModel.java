package io.secateur.format;

import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A model file and the network in it.
 *
 * @param path where it was read
 * @param sha256 of the file, in lower-case hexadecimal; of an ONNX file whose weights stand beside
 *     it, of the text of its hash and theirs, in the order in which the graph names them
 */
public record LoadedModel(Path path, ModelFile file, Network network, String sha256) {
  /**
   * The file with another network in it, as a file of kind {@code layout}. A graph that is made for
   * it says its preprocessing; a graph that is there stays as it is.
   *
   * @throws IllegalArgumentException if a layer cannot be said in ONNX
   */
  public ModelFile described(Network other, ModelFile.Layout layout) {
    ModelFile holding = file.holding(other, layout);
    boolean said = file.graph().isPresent() || layout != ModelFile.Layout.ONNX;
    if (said || other.preprocessing().equals(Preprocessing.UNIT)) {
      return holding;
    }
    Map<String, String> metadata = new LinkedHashMap<>(holding.metadata());
    metadata.put(SelfDescription.PREPROCESSING, other.preprocessing().toString());
    return holding.withMetadata(metadata);
  }
}
