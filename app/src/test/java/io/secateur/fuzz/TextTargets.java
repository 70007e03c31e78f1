package io.secateur.fuzz;

import io.secateur.bench.GroundTruthFile;
import io.secateur.bench.PlanFile;
import io.secateur.data.BadData;
import io.secateur.experiment.Plan;
import io.secateur.nn.Network;
import io.secateur.prune.BadPlan;
import io.secateur.prune.Surgery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The readers of plans and of ground truth. */
final class TextTargets {
  private static final int CLASSES = 10;

  private TextTargets() {}

  static List<Target> all() throws IOException {
    return List.of(experiment(), truth(), plan());
  }

  private static Target experiment() {
    String text =
        """
        name: first
        data: cifar10:cifar10
        clean-size: [100, 500]
        threads: 2
        max-ca-drop: 1.5
        seeds: [0, 1]
        models:
          - zoo:badnets
          - {file: other.pth, truth: other.truth.json, name: other, preprocess: cifar10, key: net}
          - train: {attack: [badnets, blend], arch: resnet20, epochs: 10, set: {blend-alpha: 0.2}}
        defences:
          - onp
          - {method: anp, name: gentle, set: {anp-max-drop: [1, 2], hunt: false}, paper: true, seeds: 3}
        """;
    return new Target(
        "plan of an experiment",
        List.of("plan.yaml"),
        List.of(List.of(bytes(text))),
        List.of(TextMutations::of),
        folder -> Plan.read(folder.resolve("plan.yaml")));
  }

  private static Target truth() {
    List<List<byte[]>> seeds = new ArrayList<>();
    String image =
        "{\"attack\": \"x\", \"target\": 5, \"trigger\": {\"kind\": \"%s\", \"image\": \"t.png\"%s}}";
    seeds.add(List.of(bytes(String.format(image, "stamp", "")), SeedImages.masked()));
    seeds.add(
        List.of(
            bytes(String.format(image, "add", ", \"offset\": 128, \"overflow\": \"wrap\"")),
            SeedImages.png()));
    seeds.add(List.of(bytes(String.format(image, "blend", ", \"alpha\": 0.2")), SeedImages.png()));
    String warp =
        "{\"target\": \"next\", \"trigger\": {\"kind\": \"warp\", \"k\": 2, \"strength\": 0.5,"
            + " \"control\": [0, 0.5, -1, 1, 0.25, 1e-3, 0, 1]}}";
    seeds.add(List.of(bytes(warp), new byte[0]));
    return new Target(
        "ground truth",
        List.of("truth.json", "t.png"),
        seeds,
        List.of(TextMutations::of, ImageMutations::of),
        folder -> {
          Path file = folder.resolve("truth.json");
          GroundTruthFile.read(file, SeedModels.IMAGE, CLASSES);
          GroundTruthFile.belongings(file);
        });
  }

  private static Target plan() {
    Network network = SeedModels.tiny();
    String text =
        """
        {"schemaVersion": 1, "model": {"sha256": "00", "architecture": "tiny"}, "weightsTuned": false,
         "channels": [{"layer": "conv2", "index": 1, "score": 0.5, "reason": "x"},
                      {"layer": "bn1", "index": 0}]}
        """;
    return new Target(
        "plan of a pruning",
        List.of("plan.json"),
        List.of(List.of(bytes(text))),
        List.of(TextMutations::of),
        folder -> {
          Path file = folder.resolve("plan.json");
          try {
            Surgery.apply(network, PlanFile.read(file).plan());
          } catch (BadPlan e) {
            throw new BadData(file.toString(), String.valueOf(e.getMessage()), "a plan for it");
          }
        });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
