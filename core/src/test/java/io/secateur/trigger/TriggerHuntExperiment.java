package io.secateur.trigger;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.data.ImageSet;
import io.secateur.engine.Engine;
import io.secateur.engine.NumberFormat;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Measures hunts, or single syntheses of every label, on real networks and writes {@code
 * docs/experiments/results/trigger-hunt/NETWORK-hunts.json} or {@code -singles.json}. Run with
 * {@code mvn -pl core test -Dtest=TriggerHuntExperiment -Dsecateur.experiment=trigger-hunt}, or
 * {@code =trigger-singles}; takes minutes for each network. {@code -Dsecateur.experiment.seeds=0,1}
 * and {@code -Dsecateur.experiment.networks=VGG_TROJAN} narrow it.
 */
@Tag("experiment")
@EnabledIfSystemProperty(named = "secateur.experiment", matches = "trigger-(hunt|singles)")
class TriggerHuntExperiment {
  @ParameterizedTest
  @EnumSource(SharedNetworks.class)
  void measure(SharedNetworks suspect) throws IOException {
    String chosen = System.getProperty("secateur.experiment.networks", suspect.name());
    assumeTrue(List.of(chosen.split(",", -1)).contains(suspect.name()), "not chosen");
    Network network = suspect.read();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("network", suspect.folder());
    document.put("target", suspect.target());
    document.put("images", "500 of cifar10@defender, stratified, drawn by the seed");
    document.put("format", Engine.fastest().name());
    document.put("threads", Engine.threads());
    if (System.getProperty("secateur.experiment").equals("trigger-singles")) {
      document.putAll(singles(network));
      write(suspect.folder() + "-singles", document);
      return;
    }
    List<Map<String, Object>> hunts = new ArrayList<>();
    document.put("hunts", hunts);
    for (String text : System.getProperty("secateur.experiment.seeds", "0,1,2").split(",", -1)) {
      long seed = Long.parseLong(text);
      ImageSet images = SharedNetworks.images(seed);
      double before = cpuSeconds();
      HuntResult result =
          TriggerHunt.standard().run("hunt", network, images, RunContext.quiet(seed));
      hunts.add(row(seed, result, cpuSeconds() - before));
      write(suspect.folder() + "-hunts", document);
    }
  }

  private static Map<String, Object> row(long seed, HuntResult result, double seconds) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("seed", seed);
    row.put("verdict", result.verdict());
    row.put("reason", result.reason());
    row.put("accused", result.accused());
    row.put("doubtful", result.doubtful());
    row.put("floor", result.floor());
    row.put("passes", result.passes());
    row.put("cpuSeconds", seconds);
    row.put("norms", result.findings().stream().map(LabelFinding::norm).toList());
    row.put("indices", result.findings().stream().map(LabelFinding::index).toList());
    row.put("linearIndices", result.findings().stream().map(LabelFinding::linearIndex).toList());
    row.put("successes", result.findings().stream().map(LabelFinding::success).toList());
    Map<String, Object> refined = new LinkedHashMap<>();
    for (LabelFinding finding : result.findings()) {
      if (!finding.restarts().isEmpty()) {
        refined.put(
            String.valueOf(finding.label()),
            Map.of(
                "restarts", finding.restarts(),
                "triggerNorm", finding.triggerNorm(),
                "triggerSuccess", finding.triggerSuccess()));
      }
    }
    row.put("refined", refined);
    return row;
  }

  /** Every label by every synthesis, seeds 0 to 2. */
  private static Map<String, Object> singles(Network network) {
    NumberFormat format = Engine.fastest();
    Map<String, TriggerSynthesis> others = new LinkedHashMap<>();
    others.put(
        "proximal cleanse, 140 steps of 32",
        new ProximalCleanse(ProximalCleanse.Settings.defaults(), format));
    others.put(
        "neural cleanse, 140 steps of 32",
        new NeuralCleanse(QuickCleanse.settings(140, 32), format));
    others.put(
        "neural cleanse, 150 steps of 64",
        new NeuralCleanse(QuickCleanse.settings(150, 64), format));
    others.put(
        "universal perturbation, radius 1, 60 steps of 64",
        new UniversalPerturbation(UniversalPerturbation.Settings.defaults(), format));
    Map<String, Object> singles = new LinkedHashMap<>();
    others.forEach(
        (name, synthesis) -> {
          List<Map<String, Object>> runs = new ArrayList<>();
          for (long seed = 0; seed < 3; seed++) {
            runs.add(single(network, synthesis, seed));
          }
          singles.put(name, runs);
        });
    return singles;
  }

  private static Map<String, Object> single(
      Network network, TriggerSynthesis synthesis, long seed) {
    ImageSet images = SharedNetworks.images(seed);
    SeedTree seeds = new SeedTree(seed);
    double before = cpuSeconds();
    List<SynthesisResult> results = new ArrayList<>();
    for (int label = 0; label < network.classes(); label++) {
      results.add(synthesis.synthesise(network, images, label, seeds.seed("single", "" + label)));
    }
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("seed", seed);
    row.put("passes", results.stream().mapToLong(SynthesisResult::passes).sum());
    row.put("cpuSeconds", cpuSeconds() - before);
    row.put("successes", results.stream().map(SynthesisResult::success).toList());
    for (int steps : new int[] {60, 100, 140}) {
      double[] norms =
          results.stream().mapToDouble(result -> result.smallestAfter(steps)).toArray();
      row.put("normsAfter" + steps, norms);
      row.put("linearIndicesAfter" + steps, indices(norms));
      row.put("indicesAfter" + steps, indices(Arrays.stream(norms).map(Math::log).toArray()));
    }
    return row;
  }

  private static double[] indices(double[] values) {
    AnomalyIndex index = new AnomalyIndex(values);
    return Arrays.stream(values).map(index::of).toArray();
  }

  /** Processor time of this process, summed over cores: comparable on a machine that is shared. */
  private static double cpuSeconds() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getProcessCpuTime()
        / 1e9;
  }

  private static void write(String name, Map<String, Object> document) throws IOException {
    Path folder =
        Path.of(System.getProperty("secateur.root", "."), "docs/experiments/results/trigger-hunt");
    Files.createDirectories(folder);
    JsonMapper json = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    Files.writeString(folder.resolve(name + ".json"), json.writeValueAsString(document) + "\n");
  }
}
