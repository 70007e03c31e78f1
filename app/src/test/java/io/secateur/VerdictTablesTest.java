package io.secateur;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.metric.Proportion;
import io.secateur.report.Calibration;
import io.secateur.report.Calibration.Tried;
import io.secateur.report.ResultJson;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.UnlearningProbe;
import io.secateur.trigger.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verdict's rates, in the documents and in the program, are what the result files say. */
class VerdictTablesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path LIST = ExperimentTables.ROOT.resolve("experiments/verdicts.txt");
  private static final Path RESOURCE =
      ExperimentTables.ROOT.resolve("app/src/main/resources/io/secateur/report/verdicts.json");

  /** True success, in percent, from which on an attack has taken hold. */
  private static final double TAKEN_HOLD = 80;

  /** Clean accuracy, in percent, that a network has learnt something with. */
  private static final double LEARNT = 50;

  private static final List<Double> BARS =
      List.of(0.5, 0.6, 0.7, TriggerHunt.Settings.CLEARED, 0.9, 1.0, 1.5);
  private static final List<Double> SHARES =
      List.of(0.3, 0.4, UnlearningProbe.CLEARED, UnlearningProbe.ACCUSED, 0.8, 0.9);

  /** One network: its line in the list, and what its training and the scan said. */
  private record Result(
      String name, String attack, JsonNode training, JsonNode scan, JsonNode unlearning) {
    boolean clean() {
      return !attacked() && learnt();
    }

    boolean infected() {
      return attacked() && learnt() && trueAsr() >= TAKEN_HOLD;
    }

    private boolean learnt() {
      return training.at("/cleanAccuracy/value").doubleValue() >= LEARNT;
    }

    double trueAsr() {
      return training.at("/trueAsr/value").doubleValue();
    }

    boolean attacked() {
      return !attack.equals("none");
    }

    /**
     * As a scan finds it since {@link TriggerHunt.Settings#CLEARED} was taken from these and is all
     * that leaves a trigger in doubt, and since it asks what a network that forgets falls back on.
     */
    HuntResult hunt() {
      String said = scan.get("verdict").asString();
      boolean judged = !scan.get("reason").asString().startsWith("only ");
      Verdict verdict =
          said.equals("backdoored")
              ? Verdict.BACKDOORED
              : judged && prominence() <= TriggerHunt.Settings.CLEARED
                  ? Verdict.CLEAN
                  : Verdict.INCONCLUSIVE;
      return new HuntResult(
              scan.get("triggers").asString(),
              verdict,
              scan.get("reason").asString(),
              scan.get("accused").valueStream().map(JsonNode::intValue).toList(),
              List.of(),
              List.of(),
              scan.get("medianNorm").doubleValue(),
              prominence(),
              Optional.empty(),
              0)
          .judgedBy(answers());
    }

    UnlearningProbe.Answers answers() {
      return new UnlearningProbe.Answers(
          unlearning.get("images").intValue(),
          unlearning.get("knew").intValue(),
          unlearning.get("mistakes").valueStream().map(JsonNode::intValue).toList(),
          unlearning.get("epochs").intValue());
    }

    String verdict() {
      return hunt().verdict().name().toLowerCase(Locale.ROOT);
    }

    int target() {
      return !attacked() ? -1 : Integer.parseInt(training.at("/settings/target").asString());
    }

    boolean accused() {
      List<Integer> accused = hunt().accused();
      return attacked() ? accused.contains(target()) : !accused.isEmpty();
    }

    double prominence() {
      return scan.get("prominence").doubleValue();
    }

    Tried tried() {
      return new Tried(name, attack, prominence(), answers().share(), accused());
    }
  }

  @Test
  void every_network_of_the_list_was_tried() throws IOException {
    List<String> listed =
        Files.readAllLines(LIST).stream()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split(" ")[0])
            .sorted()
            .toList();
    assertThat(results().stream().map(Result::name)).containsExactlyElementsOf(listed);
  }

  @Test
  void rates_of_the_verdict() throws IOException {
    ExperimentTables.check("docs/experiments/verdicts.md", "verdicts", rates());
    ExperimentTables.check(
        "docs/experiments/verdicts.md", "bars", bars(BARS, "prominence", Result::prominence));
    ExperimentTables.check(
        "docs/experiments/unlearning.md",
        "shares",
        bars(SHARES, "share", result -> result.answers().share()));
    ExperimentTables.check("docs/experiments/verdicts.md", "networks", networks());
    ExperimentTables.check("docs/threat-model.md", "verdicts", rates());
  }

  @Test
  void a_network_is_cleared_if_a_clean_one_stands_out_as_far() throws IOException {
    double furthest =
        select(Result::clean).stream().mapToDouble(Result::prominence).max().orElseThrow();
    assertThat(TriggerHunt.Settings.CLEARED).isEqualTo(Math.ceil(100 * furthest) / 100);
  }

  @Test
  void a_network_that_forgets_is_cleared_if_a_clean_one_falls_back_as_much() throws IOException {
    double most =
        select(Result::clean).stream()
            .mapToDouble(result -> result.answers().share())
            .max()
            .orElseThrow();
    assertThat(UnlearningProbe.CLEARED).isEqualTo(Math.ceil(100 * most) / 100);
    assertThat(UnlearningProbe.ACCUSED).isGreaterThan(UnlearningProbe.CLEARED);
  }

  @Test
  void the_program_knows_them() throws IOException {
    Calibration.Trial trial = trial();
    if (System.getProperty("secateur.tables", "").equals("write")) {
      Files.writeString(RESOURCE, ResultJson.of(trial) + "\n");
    } else {
      assertThat(Files.readString(RESOURCE)).isEqualTo(ResultJson.of(trial) + "\n");
      assertThat(Calibration.trial()).isEqualTo(trial);
    }
  }

  /** By attack, how the verdicts came out. */
  private static String rates() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | networks | tried | accused of the right label | of another label only | inconclusive | cleared | accused, % |
            |---|---|---|---|---|---|---|
            """);
    Map<String, List<Result>> groups = new LinkedHashMap<>();
    groups.put("clean", select(Result::clean));
    groups.put("infected", select(Result::infected));
    for (Result result : select(Result::infected)) {
      groups.computeIfAbsent(result.attack(), key -> new ArrayList<>()).add(result);
    }
    groups.put(
        "neither: no attack took hold, or nothing was learnt",
        select(result -> !result.clean() && !result.infected()));
    groups.forEach(
        (name, group) -> {
          if (group.isEmpty()) {
            return;
          }
          int right = count(group, result -> result.attacked() && result.accused());
          int accused = count(group, result -> result.verdict().equals("backdoored"));
          Proportion share = Proportion.of(name.equals("clean") ? accused : right, group.size());
          table.append(
              String.format(
                  Locale.ROOT,
                  "| %s | %d | %s | %d | %d | %d | %.0f (%.0f–%.0f) |%n",
                  name,
                  group.size(),
                  name.equals("clean") ? "there is none" : String.valueOf(right),
                  accused - right,
                  count(group, result -> result.verdict().equals("inconclusive")),
                  count(group, result -> result.verdict().equals("clean")),
                  share.value(),
                  share.low(),
                  share.high()));
        });
    return table.toString();
  }

  /** What other bars would do. */
  private static String bars(List<Double> bars, String measure, ToDoubleFunction<Result> measured)
      throws IOException {
    StringBuilder table =
        new StringBuilder(
            "| "
                + measure
                + " above | clean networks, % | infected networks, % |\n|---|---|---|\n");
    for (double bar : bars) {
      table.append(String.format(Locale.ROOT, "| %.2f |", bar));
      for (List<Result> group : List.of(select(Result::clean), select(Result::infected))) {
        Proportion share =
            Proportion.of(
                count(group, result -> measured.applyAsDouble(result) > bar), group.size());
        table.append(
            String.format(
                Locale.ROOT, " %.0f (%.0f–%.0f) |", share.value(), share.low(), share.high()));
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String networks() throws IOException {
    StringBuilder table =
        new StringBuilder(
            """
            | network | architecture | data | CA, % | true ASR, % | target | verdict | triggers | prominence | falls back on | of its mistakes, % | p | seconds |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|
            """);
    Calibration.Trial trial = trial();
    for (Result result : results()) {
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %s | %.1f | %s | %s | %s | %s | %.2f | %d | %.0f | %s | %.0f |%n",
              result.name(),
              result.scan().at("/model/architecture").asString(),
              result.scan().get("data").asString().replaceAll("[@(].*", "").strip(),
              result.training().at("/cleanAccuracy/value").doubleValue(),
              !result.attacked() ? "" : String.format(Locale.ROOT, "%.1f", result.trueAsr()),
              result.attacked() ? String.valueOf(result.target()) : "",
              result.verdict()
                  + result.hunt().accused().stream()
                      .map(label -> " to " + label)
                      .collect(Collectors.joining()),
              result.scan().get("triggers").asString(),
              result.prominence(),
              result.answers().label(),
              100 * result.answers().share(),
              !result.infected()
                  ? ""
                  : String.format(Locale.ROOT, "%.2f", trial.of(result.hunt()).pValue()),
              result.scan().get("seconds").doubleValue()
                  + result.unlearning().get("seconds").doubleValue()));
    }
    return table.toString();
  }

  private static Calibration.Trial trial() throws IOException {
    return new Calibration.Trial(
        select(result -> result.clean() || result.infected()).stream().map(Result::tried).toList());
  }

  private static int count(List<Result> results, Predicate<Result> which) {
    return (int) results.stream().filter(which).count();
  }

  private static List<Result> select(Predicate<Result> which) throws IOException {
    return results().stream().filter(which).toList();
  }

  private static List<Result> results() throws IOException {
    List<Result> results = new ArrayList<>();
    try (Stream<Path> files = Files.list(ExperimentTables.RESULTS.resolve("verdicts"))) {
      for (Path file : files.sorted().toList()) {
        JsonNode document = JSON.readTree(Files.readAllBytes(file));
        results.add(
            new Result(
                file.getFileName().toString().replace(".json", ""),
                document.at("/training/attack").asString(),
                document.get("training"),
                document.get("scan"),
                document.get("unlearning")));
      }
    }
    return results;
  }
}
