package io.secateur;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables of the documents are what the committed result files say. */
class ExperimentTablesTest {
  private static final Path ROOT = ExperimentTables.ROOT;
  private static final Path RESULTS = ExperimentTables.RESULTS;
  private static final List<String> METHODS =
      List.of("onp", "onp-recover", "onp-paper", "masks", "greedy", "ft");

  @Test
  void repairs_of_published_networks() throws IOException {
    ExperimentTables.check("docs/experiments/published-networks.md", "repairs", repairs(METHODS));
    ExperimentTables.check("docs/experiments/published-networks.md", "single runs", singleRuns());
    ExperimentTables.check("docs/experiments/published-networks.md", "accuracy lost", lost());
    ExperimentTables.check("README.md", "repairs", repairs(List.of("onp", "onp-recover")));
  }

  @Test
  void hunts_on_published_networks() throws IOException {
    ExperimentTables.check("docs/experiments/trigger-hunt.md", "hunts", hunts());
  }

  @Test
  void speed_of_the_engine() throws IOException {
    ExperimentTables.check("docs/experiments/engine-speed.md", "engine", engine());
  }

  @Test
  void networks_without_their_pruned_channels() throws IOException {
    ExperimentTables.check("docs/experiments/compact.md", "compact", compact());
  }

  @Test
  void one_network_in_two_formats() throws IOException {
    ExperimentTables.check("docs/experiments/same-plan.md", "same plan", samePlan());
  }

  @Test
  void networks_of_the_zoo() throws IOException {
    ExperimentTables.check("docs/experiments/zoo.md", "zoo", zoo());
    ExperimentTables.check("docs/experiments/zoo.md", "zoo repairs", zooRepairs());
    ExperimentTables.check("README.md", "zoo repairs", zooRepairs());
  }

  @Test
  void workers_of_a_cluster() throws IOException {
    ExperimentTables.check("docs/spark.md", "workers", workers());
  }

  /** By network and method, the mean over seeds with the smallest and the largest. */
  private static String repairs(List<String> methods) throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | method | seeds | target | CA before → after, % | true ASR before → after, % | taught again, % | channels | seconds | memory, GB |
            |---|---|---|---|---|---|---|---|---|---|
            """);
    for (Map.Entry<String, Map<String, List<JsonNode>>> network : runs().entrySet()) {
      for (String method : methods) {
        List<JsonNode> runs = network.getValue().getOrDefault(method, List.of());
        if (runs.isEmpty()) {
          continue;
        }
        boolean attacked = runs.get(0).has("trueAsr");
        table.append(
            row(
                network.getKey(),
                method,
                String.valueOf(runs.size()),
                distinct(runs, run -> run.path("target").asString("none")),
                change(runs, "cleanAccuracy"),
                attacked ? change(runs, "trueAsr") : "no backdoor",
                retuned(runs),
                spread(runs, run -> run.at("/channels/pruned").asDouble(), 0),
                spread(runs, run -> run.at("/seconds/total").asDouble(), 0),
                spread(runs, run -> run.path("peakMemoryBytes").asDouble() / 1e9, 1)));
      }
    }
    return table.toString();
  }

  private static String singleRuns() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | method | seed | verdict without truth | CA, % | true ASR, % | own label under the trigger, % | synthetic ASR, % | new patch: target, others, % | taught again: synthetic, another label, true ASR, % | seconds |
            |---|---|---|---|---|---|---|---|---|---|---|
            """);
    for (Map.Entry<String, Map<String, List<JsonNode>>> network : runs().entrySet()) {
      for (String method : METHODS) {
        for (JsonNode run : network.getValue().getOrDefault(method, List.of())) {
          JsonNode relapse = run.path("relapses").path(0);
          table.append(
              row(
                  network.getKey(),
                  method,
                  run.path("seed").asString(),
                  run.path("defenderVerdict").asString(),
                  after(run, "cleanAccuracy"),
                  after(run, "trueAsr"),
                  after(run, "recoveryAccuracy"),
                  after(run, "syntheticAsr"),
                  relapse.isMissingNode()
                      ? ""
                      : number(relapse.path("after").asDouble(), 0)
                          + ", "
                          + number(relapse.path("otherLabels").asDouble(), 0),
                  taughtAgain(run.path("stress")),
                  number(run.at("/seconds/total").asDouble(), 0)));
        }
      }
    }
    return table.toString();
  }

  private static String taughtAgain(JsonNode stress) {
    return stress.isMissingNode()
        ? ""
        : Stream.of("/attack/after/value", "/controlAttack/after/value", "/trueAsr/value")
                .map(at -> number(stress.at(at).asDouble(), 0))
                .collect(Collectors.joining(", "))
            + (stress.path("sleeps").asBoolean() ? ": sleeps" : "");
  }

  /** Of runs by pruning that measured accuracy on mixed copies: what each kind of image shows. */
  private static String lost() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | method | seed | searches, refused | points lost on test images | on hold-out images | on mixed copies of these |
            |---|---|---|---|---|---|---|
            """);
    for (Map.Entry<String, Map<String, List<JsonNode>>> network : runs().entrySet()) {
      for (Map.Entry<String, List<JsonNode>> method : network.getValue().entrySet()) {
        for (JsonNode run : method.getValue()) {
          if (run.has("mixedAccuracy") && run.at("/channels/pruned").asInt() > 0) {
            long refused =
                run.path("searches")
                    .valueStream()
                    .filter(s -> s.path("refused").asBoolean())
                    .count();
            table.append(
                row(
                    network.getKey(),
                    method.getKey(),
                    run.path("seed").asString(),
                    run.path("searches").size() + ", " + refused,
                    lost(run, "cleanAccuracy"),
                    lost(run, "holdOutAccuracy"),
                    lost(run, "mixedAccuracy")));
          }
        }
      }
    }
    return table.toString();
  }

  private static String lost(JsonNode run, String key) {
    double before = run.at("/" + key + "/before/value").asDouble();
    return number(before - run.at("/" + key + "/after/value").asDouble(), 2);
  }

  private static String hunts() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | seed | verdict | smallest label | norm | next | index | linear index | trigger's success, % | passes | processor seconds |
            |---|---|---|---|---|---|---|---|---|---|---|
            """);
    for (Path file : files(RESULTS.resolve("trigger-hunt"), "-hunts.json")) {
      JsonNode document = read(file);
      for (JsonNode hunt : document.path("hunts")) {
        double[] norms = values(hunt.path("norms"));
        int smallest = 0;
        for (int label = 1; label < norms.length; label++) {
          smallest = norms[label] < norms[smallest] ? label : smallest;
        }
        double next = Double.POSITIVE_INFINITY;
        for (int label = 0; label < norms.length; label++) {
          next = label == smallest ? next : Math.min(next, norms[label]);
        }
        JsonNode refined = hunt.path("refined").path(String.valueOf(smallest));
        table.append(
            row(
                document.path("network").asString(),
                hunt.path("seed").asString(),
                hunt.path("verdict").asString().toLowerCase(Locale.ROOT),
                String.valueOf(smallest),
                number(norms[smallest], 1),
                number(next, 1),
                number(values(hunt.path("indices"))[smallest], 1),
                number(values(hunt.path("linearIndices"))[smallest], 1),
                refined.isMissingNode()
                    ? ""
                    : number(100 * refined.path("triggerSuccess").asDouble(), 1),
                hunt.path("passes").asString(),
                number(hunt.path("cpuSeconds").asDouble(), 0)));
      }
    }
    return table.toString();
  }

  /** The zoo's networks, with what plain fine-tuning leaves of their backdoors. */
  private static String zoo() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | architecture | stored | epochs | CA, % | ASR, % | RA, % | fine-tuned: CA, % | ASR, % | images/s | memory, GB |
            |---|---|---|---|---|---|---|---|---|---|---|
            """);
    JsonNode recipes = read(ROOT.resolve("zoo/recipes.json"));
    for (String name : recipes.propertyNames()) {
      Path file = ROOT.resolve("zoo/" + name + ".result.json");
      if (!Files.exists(file)) {
        continue;
      }
      JsonNode made = read(file);
      Path tuning = RESULTS.resolve("zoo/" + name + "-fine-tuning.json");
      JsonNode tuned = Files.exists(tuning) ? read(tuning) : made.path("none");
      table.append(
          row(
              name,
              made.at("/model/architecture").asString(),
              Files.exists(ROOT.resolve("zoo/" + name + ".safetensors")) ? "yes" : "recipe",
              String.valueOf(made.path("epochs").size()),
              percent(made.at("/cleanAccuracy/value")),
              percent(made.at("/trueAsr/value")),
              percent(made.at("/recoveryAccuracy/value")),
              percent(tuned.at("/cleanAccuracy/after/value")),
              percent(tuned.at("/trueAsr/after/value")),
              number(made.path("imagesPerSecond").asDouble(), 0),
              number(made.path("peakMemoryBytes").asDouble() / 1e9, 1)));
    }
    return table.toString();
  }

  /**
   * What repairs with the defaults made of the zoo's networks: means over seeds with the smallest
   * and the largest, and the mean over networks with a backdoor, each of which weighs the same.
   */
  private static String zooRepairs() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | seeds | triggers | verdict without truth | CA before → after, % | true ASR before → after, % | own label under the trigger, % | taught again: true ASR, % | told to sleep | channels of 2400 | seconds |
            |---|---|---|---|---|---|---|---|---|---|---|
            """);
    Map<String, List<JsonNode>> networks = new TreeMap<>();
    for (Path file : files(RESULTS.resolve("zoo"), ".json")) {
      String name = file.getFileName().toString();
      if (name.matches(".*-onp-\\d+\\.json")) {
        networks
            .computeIfAbsent(name.replaceAll("-onp-\\d+\\.json$", ""), none -> new ArrayList<>())
            .add(read(file));
      }
    }
    List<List<JsonNode>> attacked = new ArrayList<>();
    networks.forEach(
        (name, runs) -> {
          boolean infected = runs.get(0).has("trueAsr");
          table.append(
              row(
                  name,
                  String.valueOf(runs.size()),
                  distinct(runs, run -> run.at("/relapses/0/trigger").asString("none")),
                  counted(runs, run -> run.path("defenderVerdict").asString()),
                  change(runs, "cleanAccuracy"),
                  infected ? change(runs, "trueAsr") : "no backdoor",
                  infected
                      ? spread(runs, run -> run.at("/recoveryAccuracy/after/value").asDouble(), 2)
                      : "",
                  infected ? retuned(runs) : "",
                  infected ? counted(runs, ExperimentTablesTest::sleeps) : "",
                  spread(runs, run -> run.at("/channels/pruned").asDouble(), 0),
                  spread(runs, run -> run.at("/seconds/total").asDouble(), 0)));
          if (infected) {
            attacked.add(runs);
          }
        });
    table.append(
        row(
            "mean of those with a backdoor",
            "",
            "",
            "",
            mean(attacked, "cleanAccuracy"),
            mean(attacked, "trueAsr"),
            "",
            "",
            "",
            "",
            ""));
    return table.toString();
  }

  /** Success of the true trigger once repaired networks were taught their backdoor again. */
  private static String retuned(List<JsonNode> runs) {
    return runs.stream().allMatch(run -> run.at("/stress").has("trueAsr"))
        ? spread(runs, run -> run.at("/stress/trueAsr/value").asDouble(), 2)
        : "";
  }

  private static String sleeps(JsonNode run) {
    return run.has("stress") ? run.at("/stress/sleeps").asBoolean() ? "yes" : "no" : "not tried";
  }

  private static String mean(List<List<JsonNode>> networks, String figure) {
    return String.format(
        Locale.ROOT,
        "%.2f → %.2f",
        mean(networks, figure, "before"),
        mean(networks, figure, "after"));
  }

  private static double mean(List<List<JsonNode>> networks, String figure, String when) {
    return networks.stream()
        .mapToDouble(
            runs ->
                runs.stream()
                    .mapToDouble(run -> run.at("/" + figure + "/" + when + "/value").asDouble())
                    .average()
                    .orElseThrow())
        .average()
        .orElseThrow();
  }

  /** How often each value occurs, once there is more than one run. */
  private static String counted(List<JsonNode> runs, Function<JsonNode, String> value) {
    Map<String, Long> counts =
        runs.stream().collect(Collectors.groupingBy(value, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(each -> each.getKey() + (runs.size() == 1 ? "" : " " + each.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String percent(JsonNode value) {
    return value.isMissingNode() ? "" : number(value.asDouble(), 2);
  }

  /** The median over runs; ratios with the smallest and the largest. */
  private static String engine() throws IOException {
    Map<List<String>, List<JsonNode>> figures = new LinkedHashMap<>();
    try (Stream<Path> processors = Files.list(RESULTS.resolve("engine-speed"))) {
      for (Path processor : processors.sorted().toList()) {
        for (Path file : files(processor, ".json")) {
          JsonNode measured = read(file);
          for (JsonNode figure : measured.path("figures")) {
            List<String> key =
                List.of(
                    String.valueOf(processor.getFileName()),
                    measured.path("network").asString(),
                    figure.path("name").asString(),
                    figure.path("format").asString());
            figures.computeIfAbsent(key, none -> new ArrayList<>()).add(figure);
          }
        }
      }
    }
    StringBuilder table =
        new StringBuilder(
            """
            | processor | network | task | format | runs | images/s | GFLOP/s | of the matrix product |
            |---|---|---|---|---|---|---|---|
            """);
    figures.forEach(
        (key, runs) -> {
          List<String> cells = new ArrayList<>(key);
          double images = median(runs, "imagesPerSecond");
          cells.add(String.valueOf(runs.size()));
          cells.add(images > 0 ? number(images, 0) : "");
          cells.add(number(median(runs, "gigaflops"), 0));
          double[] ratios = sorted(runs, "ratio");
          cells.add(
              number(median(runs, "ratio"), 2)
                  + (runs.size() > 1
                      ? " ("
                          + number(ratios[0], 2)
                          + "–"
                          + number(ratios[ratios.length - 1], 2)
                          + ")"
                      : ""));
          table.append(row(cells.toArray(String[]::new)));
        });
    return table.toString();
  }

  private static double[] sorted(List<JsonNode> runs, String key) {
    return runs.stream().mapToDouble(run -> run.path(key).asDouble()).sorted().toArray();
  }

  private static double median(List<JsonNode> runs, String key) {
    double[] values = sorted(runs, key);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }

  private static String compact() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | | zeroed | taken out | ratio |
            |---|---|---|---|---|
            """);
    for (Path file : files(RESULTS.resolve("compact"), ".json")) {
      JsonNode measured = read(file);
      String network = measured.path("network").asString();
      for (String count : List.of("groups", "parameters", "macs", "fileBytes")) {
        double before = measured.at("/" + count + "/before").asDouble();
        double after = measured.at("/" + count + "/after").asDouble();
        table.append(
            row(
                network,
                Map.of(
                        "groups", "prunable groups",
                        "parameters", "parameters",
                        "macs", "multiply-accumulates",
                        "fileBytes", "bytes")
                    .getOrDefault(count, count),
                number(before, 0),
                number(after, 0),
                number(after / before, 2)));
      }
      for (JsonNode timing : measured.path("timings")) {
        table.append(
            row(
                network,
                "ms an image, " + timing.path("format").asString(),
                number(1e3 * timing.path("secondsBefore").asDouble(), 3),
                number(1e3 * timing.path("secondsAfter").asDouble(), 3),
                number(timing.path("ratio").asDouble(), 2)));
      }
    }
    return table.toString();
  }

  private static String samePlan() throws IOException {
    JsonNode measured = read(RESULTS.resolve("same-plan.json"));
    StringBuilder table =
        new StringBuilder(
            """
            | network | seed | options | repaired as | verdict | channels pruned | same channels as the other | same scores and reasons |
            |---|---|---|---|---|---|---|---|
            """);
    for (String format : List.of("safetensors", "onnx")) {
      table.append(
          row(
              measured.path("model").asString(),
              measured.path("seed").asString(),
              "`" + measured.path("options").asString() + "`",
              format,
              measured.path(format).path("verdict").asString(),
              measured.path(format).path("channels").asString(),
              measured.path("samePlan").asBoolean() ? "yes" : "no",
              measured.path("sameScoresAndReasons").asBoolean() ? "yes" : "no"));
    }
    return table.toString();
  }

  private static String workers() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | processor | cores | busy before | workers | cells | wall time, s |
            |---|---|---|---|---|---|
            """);
    for (Path file : files(RESULTS.resolve("spark"), ".json")) {
      JsonNode measured = read(file);
      for (JsonNode run : measured.path("runs")) {
        int workers = run.path("workers").asInt();
        table.append(
            row(
                measured.path("processor").asString(),
                measured.path("cores").asString(),
                measured.path("load").asString(),
                workers == 0 ? "none: one process without Spark" : String.valueOf(workers),
                run.path("cells").asString(),
                run.path("seconds").asString()));
      }
    }
    return table.toString();
  }

  /** Results by network, then method, then seed; a file is named NETWORK-METHOD-SEED.json. */
  private static Map<String, Map<String, List<JsonNode>>> runs() throws IOException {
    Map<String, Map<String, List<JsonNode>>> runs = new TreeMap<>();
    for (Path file : files(RESULTS.resolve("published-networks"), ".json")) {
      String name = file.getFileName().toString().replaceAll("-\\d+\\.json$", "");
      String method =
          METHODS.stream()
              .filter(m -> name.endsWith("-" + m))
              .reduce((a, b) -> b.length() > a.length() ? b : a)
              .orElseThrow();
      String network = name.substring(0, name.length() - method.length() - 1);
      runs.computeIfAbsent(network, key -> new LinkedHashMap<>())
          .computeIfAbsent(method, key -> new ArrayList<>())
          .add(read(file));
    }
    return runs;
  }

  private static String change(List<JsonNode> runs, String key) {
    return number(runs.get(0).at("/" + key + "/before/value").asDouble(), 2)
        + " → "
        + spread(runs, run -> run.at("/" + key + "/after/value").asDouble(), 2);
  }

  private static String after(JsonNode run, String key) {
    return run.has(key) ? number(run.at("/" + key + "/after/value").asDouble(), 2) : "";
  }

  private static String spread(List<JsonNode> runs, ToDoubleFunction<JsonNode> value, int digits) {
    var all = runs.stream().mapToDouble(value).summaryStatistics();
    String mean = number(all.getAverage(), digits);
    return runs.size() == 1
        ? mean
        : mean + " (" + number(all.getMin(), digits) + "–" + number(all.getMax(), digits) + ")";
  }

  private static String distinct(List<JsonNode> runs, Function<JsonNode, String> value) {
    return runs.stream().map(value).distinct().collect(Collectors.joining(", "));
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static double[] values(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }

  private static List<Path> files(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static JsonNode read(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }
}
