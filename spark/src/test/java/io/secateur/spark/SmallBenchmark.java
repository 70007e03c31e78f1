package io.secateur.spark;

import io.secateur.experiment.Benchmark;
import io.secateur.experiment.CellResult;
import io.secateur.experiment.CellWorkers;
import io.secateur.experiment.Plan;
import io.secateur.experiment.ResultFolder;
import io.secateur.report.ResultJson;
import io.secateur.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Six repairs of an infected network, some seconds each, that differ from one another. */
record SmallBenchmark(Path folder) {
  static final int CELLS = 6;

  private static final String PLAN =
      """
      name: small
      data: "shapes:size=300"
      clean-size: 200
      threads: 1
      seeds: [0, 1, 2]
      models:
        - %s
      defences:
        - {method: fp, name: gentle, set: {hunt: false, fp-epochs: 15, fp-rate: 0.005}}
        - {method: fp, set: {hunt: false, fp-epochs: 15, fp-rate: 0.02}}
      """;

  /** Runs what is left of it, with the model of {@code models}, or else one that it trains. */
  Benchmark.Summary run(CellWorkers workers, Path models) throws IOException {
    String entry =
        trained(models)
            .map(model -> "{file: '%s', truth: '%s'}".formatted(model, truth(model)))
            .orElse("train: {attack: badnets, arch: resnet20-w4, epochs: 4}");
    Files.createDirectories(folder);
    Path file = Files.writeString(folder.resolve("plan.yaml"), PLAN.formatted(entry));
    return new Benchmark(Plan.read(file), folder, new ResultFolder(folder), "test")
        .run(workers, Progress.SILENT, line -> {});
  }

  private static Optional<Path> trained(Path models) throws IOException {
    if (!Files.isDirectory(models)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(models)) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .map(Path::toAbsolutePath)
          .findFirst();
    }
  }

  private static String truth(Path model) {
    return model.toString().replace(".safetensors", ".truth.json");
  }

  /** All that a result says but for what differs from run to run, by the id of its cell. */
  Map<String, JsonNode> results() {
    Map<String, JsonNode> all = new TreeMap<>();
    for (CellResult cell : new ResultFolder(folder).results()) {
      ObjectNode result = (ObjectNode) JsonMapper.shared().readTree(ResultJson.of(cell.result()));
      result.remove("seconds");
      result.remove("peakMemoryBytes");
      result.remove("startedAt");
      result.remove("versions");
      all.put(cell.cell().id(), result);
    }
    return all;
  }
}
