package io.secateur.bench;

import io.secateur.format.BadModelFile;
import io.secateur.format.Companions;
import io.secateur.format.FileHash;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.NetworkHash;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.prune.WeightPatch;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The file that takes a pruning back: safetensors with the values that were lost or changed ({@link
 * WeightPatch}), or, where an ONNX graph was made anew, the original in its own graph. In its
 * metadata stand the hashes of the file that it belongs to, of the original file, and of the
 * original weights.
 */
final class UndoFile {
  private static final String OWN = "secateur.undo.";
  private static final String ORIGINAL = OWN + "original";
  private static final String PRUNED = OWN + "pruned";
  private static final String WEIGHTS = OWN + "weights";

  /** Before each key of the original file's metadata. */
  private static final String METADATA = OWN + "metadata.";

  private UndoFile() {}

  /**
   * Writes the way back from the file {@code pruned}, which holds {@code after}.
   *
   * @param kept see {@link WeightPatch#between}
   */
  static void write(
      Path undo,
      LoadedModel original,
      Path pruned,
      Weights after,
      Function<String, Optional<BitSet>> kept)
      throws IOException {
    Weights before = original.file().weights();
    Map<String, String> metadata = hashes(original, pruned);
    if (original.file().layout() == ModelFile.Layout.SAFETENSORS) {
      original.file().metadata().forEach((key, text) -> metadata.put(METADATA + key, text));
    }
    ModelFile file =
        new ModelFile(
            ModelFile.Layout.SAFETENSORS,
            WeightPatch.between(before, after, kept),
            "",
            List.of(),
            metadata,
            Map.of());
    AtomicFile.write(undo, out -> ModelFiles.write(file, out));
  }

  /**
   * Writes {@code original} itself, an ONNX model, as the way back from the file {@code pruned}.
   */
  static void writeGraph(Path undo, LoadedModel original, Path pruned) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>(original.file().metadata());
    metadata.putAll(hashes(original, pruned));
    ModelFile file = original.file().withMetadata(metadata);
    AtomicFile.write(undo, out -> ModelFiles.write(file, out));
  }

  private static Map<String, String> hashes(LoadedModel original, Path pruned) {
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put(ORIGINAL, original.sha256());
    hashes.put(PRUNED, FileHash.sha256(pruned));
    hashes.put(WEIGHTS, NetworkHash.of(original.file().weights()));
    return hashes;
  }

  /** The undo file that stands beside {@code pruned}, or that would. */
  static Path beside(Path pruned) {
    Path graph = Companions.undoGraph(pruned);
    return Files.exists(graph) ? graph : Companions.undo(pruned);
  }

  /**
   * The model as it was before the pruning.
   *
   * @param force whether to try on another file than the one that {@code undo} belongs to
   * @throws BadSetting if it belongs to another file; naming both hashes
   * @throws BadModelFile if a file cannot be read, or the weights do not become those that they
   *     were
   */
  static ModelFile undone(Path undo, Path pruned, boolean force) {
    ModelFile patch = ModelFiles.read(undo);
    String belongs = said(undo, patch, PRUNED);
    String here = FileHash.sha256(pruned);
    if (!force && !belongs.equals(here)) {
      throw new BadSetting(
          undo
              + " belongs to a file with SHA-256 "
              + belongs
              + ", "
              + pruned
              + " has "
              + here
              + "; expected that file, or --force");
    }
    boolean graph = patch.layout() == ModelFile.Layout.ONNX;
    ModelFile file = graph ? patch : ModelFiles.read(pruned);
    Weights restored = graph ? patch.weights() : patched(file, undo, patch, pruned);
    if (!NetworkHash.of(restored).equals(said(undo, patch, WEIGHTS))) {
      throw new BadModelFile(
          undo, "does not bring the original weights back to " + pruned + "; nothing was written");
    }
    if (graph) {
      Map<String, String> metadata = new LinkedHashMap<>(patch.metadata());
      metadata.keySet().removeIf(key -> key.startsWith(OWN));
      return patch.withMetadata(metadata);
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    patch
        .metadata()
        .forEach(
            (key, text) -> {
              if (key.startsWith(METADATA)) {
                metadata.put(key.substring(METADATA.length()), text);
              }
            });
    file.metadata().forEach(metadata::putIfAbsent);
    return file.withWeights(restored).withMetadata(metadata);
  }

  private static Weights patched(ModelFile file, Path undo, ModelFile patch, Path pruned) {
    try {
      return WeightPatch.restore(file.weights(), named(patch));
    } catch (IllegalArgumentException e) {
      throw new BadModelFile(undo, "is not for " + pruned + ": " + e.getMessage());
    }
  }

  /** SHA-256 of the file that the pruning was done on. */
  static String original(Path undo) {
    return said(undo, ModelFiles.read(undo), ORIGINAL);
  }

  private static String said(Path undo, ModelFile patch, String key) {
    String value = patch.metadata().get(key);
    if (value == null) {
      throw new BadModelFile(
          undo, "does not say '" + key + "'; expected the undo file beside a pruned model");
    }
    return value;
  }

  /** The patch under its full names: a common beginning of names is no prefix here. */
  private static Weights named(ModelFile patch) {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    patch.weights().asMap().forEach((name, t) -> tensors.put(patch.prefix() + name, t));
    return Weights.of(tensors);
  }
}
