package io.secateur.bench;

import io.secateur.format.Companions;
import io.secateur.format.LayerList;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.SelfDescription;
import io.secateur.nn.Architecture;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.Recognition;
import io.secateur.nn.StockArchitectures;
import io.secateur.nn.UnknownArchitecture;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Writes a model as another kind of file and makes sure that it still computes the same. A kind
 * that holds tensors only does not say their layers: where these would not be recognised, a list of
 * them is written beside the file, where every command finds it.
 */
public final class ConvertRun {
  /**
   * What was done.
   *
   * @param layers the list of layers, where one was needed
   */
  public record Result(CheckedFile.Comparison comparison, Optional<Path> layers) {}

  private ConvertRun() {}

  /**
   * Writes {@code model} to {@code out}.
   *
   * @param images in [0, 1], to compare on
   * @throws IOException if it cannot be written or computes something else; nothing is kept then
   * @throws IllegalArgumentException if a layer cannot be said in ONNX
   */
  public static Result of(LoadedModel model, Path out, ModelFile.Layout layout, float[] images)
      throws IOException {
    Network network = model.network();
    ModelFile file = model.described(network, layout);
    Optional<String> layers = Optional.empty();
    if (layout != ModelFile.Layout.ONNX) {
      file = file.withMetadata(selfDescription(network, file.metadata()));
      layers = layers(network, file, layout);
    }
    CheckedFile.Comparison comparison = CheckedFile.write(out, file, network, images);
    Path list = Companions.layers(out);
    if (layers.isEmpty()) {
      // A list that something else left here would be taken for this file's.
      Files.deleteIfExists(list);
      return new Result(comparison, Optional.empty());
    }
    byte[] text = layers.get().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(list, stream -> stream.write(text));
    return new Result(comparison, Optional.of(list));
  }

  private static Map<String, String> selfDescription(Network network, Map<String, String> said) {
    Map<String, String> metadata = new LinkedHashMap<>(said);
    metadata.remove(SelfDescription.ARCHITECTURE);
    if (stock(network.architecture())) {
      metadata.put(SelfDescription.ARCHITECTURE, network.architecture().name());
    }
    boolean plain =
        network.preprocessing().equals(Preprocessing.unit(network.preprocessing().channels()));
    if (!plain || said.containsKey(SelfDescription.PREPROCESSING)) {
      metadata.put(SelfDescription.PREPROCESSING, network.preprocessing().toString());
    }
    return metadata;
  }

  private static boolean stock(Architecture architecture) {
    try {
      Architecture built =
          StockArchitectures.build(
              architecture.name(),
              new StockArchitectures.Options(architecture.input(), architecture.classes()));
      return built.nodes().equals(architecture.nodes());
    } catch (IllegalArgumentException | ArithmeticException e) {
      return false;
    }
  }

  /** The layers as text, unless whoever reads {@code file} would find them without. */
  private static Optional<String> layers(Network network, ModelFile file, ModelFile.Layout layout) {
    Architecture architecture = network.architecture();
    boolean told =
        layout == ModelFile.Layout.SAFETENSORS
            && file.metadata().containsKey(SelfDescription.ARCHITECTURE);
    try {
      Architecture found = Recognition.recognise(file.weights(), architecture.input());
      if (told || found.nodes().equals(architecture.nodes())) {
        return Optional.empty();
      }
    } catch (UnknownArchitecture e) {
      if (told) {
        return Optional.empty();
      }
    }
    return Optional.of(LayerList.write(network));
  }
}
