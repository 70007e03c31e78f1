package io.secateur.fuzz;

import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile.Layout;
import io.secateur.format.ModelSource;
import io.secateur.nn.CouplingGroups;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The readers of models, and of lists of their layers. */
final class ModelTargets {
  private static final Path FIXTURES =
      Path.of(System.getProperty("secateur.root", ".."), "core/src/test/resources/onnx");
  private static final byte[] LAYERS = SeedModels.LAYERS.getBytes(StandardCharsets.UTF_8);

  private ModelTargets() {}

  static List<Target> all() throws IOException {
    byte[] zip = SeedModels.written(SeedModels.tiny(), Layout.TORCH_ZIP);
    return List.of(
        torch("pickle in a zip", zip, new ZipMutations(ModelTargets::entry)),
        torch("pickle, old layout", SeedModels.legacy(), PickleMutations::of),
        safetensors(),
        onnx(),
        layers());
  }

  private static Mutation entry(String name) {
    return name.endsWith(".pkl") ? PickleMutations::of : ByteMutations::of;
  }

  private static Target torch(String name, byte[] seed, Mutation mutation) {
    return new Target(
        name,
        List.of("model.pt", "model.layers.yaml"),
        List.of(List.of(seed, LAYERS)),
        List.of(mutation),
        folder -> inspect(folder.resolve("model.pt")));
  }

  private static Target safetensors() {
    byte[] none = {};
    return new Target(
        "safetensors",
        List.of("model.safetensors", "model.layers.yaml"),
        List.of(
            List.of(SeedModels.written(SeedModels.stock(), Layout.SAFETENSORS), none),
            List.of(SeedModels.written(SeedModels.tiny(), Layout.SAFETENSORS), LAYERS)),
        List.of(SafetensorsMutations::of),
        folder -> inspect(folder.resolve("model.safetensors")));
  }

  private static Target onnx() throws IOException {
    List<List<byte[]>> seeds = new ArrayList<>();
    byte[] none = {};
    seeds.add(List.of(SeedModels.written(SeedModels.tiny(), Layout.ONNX), none));
    seeds.add(SeedModels.external());
    for (String name :
        List.of(
            "bottleneck",
            "odds",
            "odds-norms",
            "squeezenet",
            "inception",
            "mobilenet_v3",
            "shufflenet_v2")) {
      seeds.add(List.of(Files.readAllBytes(FIXTURES.resolve(name + ".onnx")), none));
    }
    return new Target(
        "ONNX",
        List.of("model.onnx", "weights.bin"),
        seeds,
        List.of(ProtobufMutations::of, ByteMutations::of),
        folder -> inspect(folder.resolve("model.onnx")));
  }

  private static Target layers() {
    byte[] model = SeedModels.written(SeedModels.tiny(), Layout.SAFETENSORS);
    String odd =
        """
        name: "odd ones"
        input: {channels: 3, height: 6, width: 6}
        layers:
          - {name: a, type: channel-slice, start: 1, length: 2}
          - {name: b, type: channel-shuffle, groups: 2}
          - {name: c, type: channel-affine, factor: [2, 0.5], term: 1}
          - {name: d, type: spatial-pad, top: 1, left: 1, value: -.inf}
          - {name: e, type: subsample, stride: 2}
          - {name: f, type: upsample, factor: 2}
          - {name: g, type: channel-pad, before: 1, after: 2}
          - {name: h, type: average-pool, kernel: 2, stride: 2, ceil: true, count-padding: false}
          - {name: i, type: sigmoid}
          - {name: j, type: multiply, from: [h, i]}
          - {name: k, type: clip, low: 0, high: 6}
          - {name: l, type: leaky-relu, slope: 0.1}
          - {name: m, type: elu}
          - {name: n, type: dropout}
          - {name: o, type: flatten}
          - {name: p, type: unflatten, channels: 80}
          - {name: q, type: flatten}
        unread: %s
        """
            .formatted(SeedModels.tiny().weights().names());
    return new Target(
        "layer list",
        List.of("layers.yaml", "model.safetensors"),
        List.of(List.of(LAYERS, model), List.of(odd.getBytes(StandardCharsets.UTF_8), model)),
        List.of(TextMutations::of),
        folder ->
            inspect(
                folder.resolve("model.safetensors"),
                Optional.of(folder.resolve("layers.yaml").toString())));
  }

  private static void inspect(Path model) {
    inspect(model, Optional.empty());
  }

  /** What every command does with a model first, and {@code inspect} then. */
  private static void inspect(Path file, Optional<String> layers) {
    LoadedModel model =
        new ModelSource(file, layers, Optional.empty(), Optional.empty()).load(SeedModels.IMAGE);
    CouplingGroups.of(model.network().architecture()).prunable();
    model.network().architecture().macs();
  }
}
