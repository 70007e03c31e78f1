package io.secateur.bench;

import io.secateur.engine.NumberFormat;
import io.secateur.format.BadModelFile;
import io.secateur.format.Companions;
import io.secateur.format.LayerList;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.ModelSource;
import io.secateur.format.SelfDescription;
import io.secateur.metric.LogitComparison;
import io.secateur.nn.Network;
import io.secateur.prune.Compaction;
import io.secateur.prune.PruningPlan;
import io.secateur.report.RepairResult;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pruned network on disk, in two sizes: as large as it came with the channels zeroed, or without
 * them. Beside it stand the layer list of a network that its file does not tell, and the values
 * that {@code apply --undo} needs. What was written is read back, as any command would read it, and
 * compared.
 *
 * @param path of the model file
 * @param files that were written, the model first
 * @param network as written
 * @param compact what compaction brought, where it was asked for
 */
record PrunedFile(
    Path path, List<Path> files, Network network, Optional<RepairResult.Compact> compact) {
  private static final int ROUNDS = 8;

  /**
   * Writes {@code operated}, which {@code plan} made of {@code original}.
   *
   * @param images [N, C, H, W] in [0, 1] to compare and to time on
   * @throws io.secateur.prune.BadPlan if the plan does not fit; nothing is written then
   * @throws IOException if a file cannot be written, or computes something else when read back; the
   *     files are deleted then
   */
  static PrunedFile write(
      LoadedModel original,
      Network operated,
      PruningPlan plan,
      ModelFile.Layout layout,
      boolean compact,
      Path path,
      float[] images)
      throws IOException {
    ModelFile zeroed = file(original, operated, layout, false);
    if (!compact) {
      List<Path> files = write(original, operated, zeroed, plan, Optional.empty(), path, images);
      difference(operated, back(path, operated), images, files);
      return new PrunedFile(path, files, operated, Optional.empty());
    }
    Compaction compaction = Compaction.of(operated, plan);
    Network smaller = compaction.network();
    ModelFile file = file(original, smaller, layout, compaction.smaller());
    List<Path> files = write(original, smaller, file, plan, Optional.of(compaction), path, images);
    double difference = difference(operated, back(path, smaller), images, files);
    double[] seconds =
        ForwardTimes.secondsPerImage(
            List.of(operated, smaller), images, NumberFormat.FLOAT32, ROUNDS);
    int count = images.length / operated.architecture().input().size();
    RepairResult.Compact report =
        new RepairResult.Compact(
            compaction.removed(),
            compaction.masked(),
            new RepairResult.Counts(bytes(zeroed), Files.size(path)),
            new RepairResult.Times(seconds[0], seconds[1]),
            count,
            difference);
    return new PrunedFile(path, files, smaller, Optional.of(report));
  }

  /** The file with another network in it; one of other layers no longer names the stock ones. */
  private static ModelFile file(
      LoadedModel original, Network network, ModelFile.Layout layout, boolean otherLayers) {
    ModelFile file = original.described(network, layout);
    if (!otherLayers) {
      return file;
    }
    Map<String, String> metadata = new LinkedHashMap<>(file.metadata());
    metadata.remove(SelfDescription.ARCHITECTURE);
    return file.withMetadata(metadata);
  }

  private static List<Path> write(
      LoadedModel original,
      Network network,
      ModelFile file,
      PruningPlan plan,
      Optional<Compaction> compaction,
      Path path,
      float[] images)
      throws IOException {
    boolean onnx = file.layout() == ModelFile.Layout.ONNX;
    boolean smaller = compaction.filter(Compaction::smaller).isPresent();
    List<Path> files = new ArrayList<>(List.of(path));
    CheckedFile.write(path, file, network, images);
    // A list that an earlier run left here would be taken for this file's.
    Path layers = Companions.layers(path);
    Files.deleteIfExists(layers);
    if (!onnx && (smaller || !tells(path, network))) {
      byte[] text = LayerList.write(network).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(layers, out -> out.write(text));
      files.add(layers);
    }
    Path undo = Companions.undo(path);
    Path undoGraph = Companions.undoGraph(path);
    Files.deleteIfExists(undo);
    Files.deleteIfExists(undoGraph);
    // A graph that was made anew has no room for what was taken out of another.
    boolean anew = onnx && (original.file().graph().isEmpty() || smaller);
    if (!anew && !plan.channels().isEmpty()) {
      UndoFile.write(
          undo, original, path, network.weights(), name -> compaction.flatMap(c -> c.kept(name)));
      files.add(undo);
    } else if (original.file().graph().isPresent() && !plan.channels().isEmpty()) {
      UndoFile.writeGraph(undoGraph, original, path);
      files.add(undoGraph);
    }
    return List.copyOf(files);
  }

  /** Whether the file alone leads to the network's layers: one read by a layer list does not. */
  private static boolean tells(Path path, Network written) {
    try {
      return back(path, written).architecture().nodes().equals(written.architecture().nodes());
    } catch (BadModelFile e) {
      return false;
    }
  }

  /** The network as a command would read it. */
  private static Network back(Path path, Network written) {
    return new ModelSource(
            path, Optional.empty(), Optional.of(written.preprocessing()), Optional.empty())
        .load(written.architecture().input())
        .network();
  }

  /** Largest difference of logits; of a file that computes something else nothing is kept. */
  private static double difference(
      Network expected, Network actual, float[] images, List<Path> written) throws IOException {
    try {
      return LogitComparison.check(expected, actual, images);
    } catch (IOException e) {
      for (Path file : written) {
        Files.delete(file);
      }
      throw new IOException(written.get(0) + ": " + e.getMessage() + "; nothing was kept", e);
    }
  }

  /** How large the file would be. */
  static long bytes(ModelFile file) throws IOException {
    long[] count = new long[1];
    ModelFiles.write(
        file,
        new OutputStream() {
          @Override
          public void write(int value) {
            count[0]++;
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            count[0] += length;
          }
        });
    return count[0];
  }
}
