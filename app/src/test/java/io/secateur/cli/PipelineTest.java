package io.secateur.cli;

import static io.secateur.Schemas.assertCycloneDx;
import static io.secateur.Schemas.assertDocumented;
import static io.secateur.Schemas.assertSarif;
import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.Secateur;
import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.FileHash;
import io.secateur.format.ModelFiles;
import io.secateur.format.ModelSource;
import io.secateur.metric.Proportion;
import io.secateur.report.RepairResult;
import io.secateur.report.ResultJson;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.LabelFinding;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a pipeline gets to see: exit codes, and files for other programs. Small real models. */
@ExtendWith(OneThread.class)
class PipelineTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String HALVES = Halves.FOLDER;
  private static final String HOSTILE = "m<img src=x onerror=alert(1)>&\"' [a](b) {0}.safetensors";
  @TempDir private Path folder;

  private static Outcome run(String command, String model, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, model));
    arguments.addAll(List.of("--arch", HALVES + "halves.yaml"));
    if (!command.equals("evaluate") && !command.equals("inspect")) {
      arguments.addAll(List.of("--clean", "folder:" + HALVES + "images"));
    }
    arguments.addAll(Arrays.asList(more));
    return CommandRunner.run(arguments.toArray(String[]::new));
  }

  private Path hostile() throws IOException {
    return Files.copy(Path.of(HALVES + "infected.safetensors"), folder.resolve(HOSTILE));
  }

  @Test
  void a_scan_of_an_infected_model_tells_it_in_every_form() throws IOException {
    Path model = hostile();
    Path sarif = folder.resolve("new/scan.sarif");

    Outcome outcome = run("scan", model.toString(), "--json", "--sarif", sarif.toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.FINDING);
    assertDocumented("scan", outcome.out());
    String text = Files.readString(sarif);
    assertSarif(text);
    JsonNode result = JSON.readTree(text).at("/runs/0/results/0");
    assertThat(result.get("ruleId").stringValue()).isEqualTo("SCT001");
    assertThat(result.get("level").stringValue()).isEqualTo("error");
    assertThat(result.at("/message/text").stringValue()).startsWith("Label 4 (4-low-green) is");
    String uri = result.at("/locations/0/physicalLocation/artifactLocation/uri").stringValue();
    assertThat(Path.of(URI.create(uri))).isEqualTo(model);
    JsonNode run = JSON.readTree(text).at("/runs/0");
    assertThat(run.at("/artifacts/0/hashes/sha-256").stringValue())
        .isEqualTo(FileHash.sha256(model));
    assertThat(run.at("/tool/driver/rules/0/id").stringValue()).isEqualTo("SCT001");
    assertThat(run.at("/properties/verdict").stringValue()).isEqualTo("backdoored");
  }

  @Test
  void the_door_for_java_finds_the_same_as_the_command() {
    Outcome outcome = run("scan", HALVES + "infected.safetensors", "--json", "--seed", "3");
    ModelSource model =
        new ModelSource(
            Path.of(HALVES + "infected.safetensors"),
            Optional.of(HALVES + "halves.yaml"),
            Optional.empty(),
            Optional.empty());

    HuntResult hunt = Secateur.of(model, "folder:" + HALVES + "images").withSeed(3).scan();

    JsonNode labels = JSON.readTree(outcome.out()).get("labels");
    assertThat(labels.size()).isEqualTo(hunt.findings().size());
    for (LabelFinding finding : hunt.findings()) {
      assertThat(labels.get(finding.label()).get("norm").doubleValue()).isEqualTo(finding.norm());
    }
  }

  @Test
  void the_published_hunt_finds_it_too_and_is_given_no_p_value() {
    Outcome outcome = run("scan", HALVES + "infected.safetensors", "--json", "--paper");

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.FINDING);
    assertDocumented("scan", outcome.out());
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.get("target").intValue()).isEqualTo(4);
    assertThat(result.has("calibration")).isFalse();
    assertThat(result.has("fallback")).isFalse();
  }

  @Test
  void a_hunt_for_some_kinds_of_triggers_asks_nothing_else() {
    Outcome outcome = run("scan", HALVES + "infected.safetensors", "--json", "--triggers", "shift");

    assertDocumented("scan", outcome.out());
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.get("triggers").asString()).isEqualTo("shift");
    assertThat(result.get("labels").valueStream().map(label -> label.get("norm").doubleValue()))
        .allMatch(norm -> norm > 0 && norm <= 1);
    assertThat(result.has("calibration")).isFalse();
    assertThat(result.has("fallback")).isFalse();
    Outcome both = run("scan", HALVES + "infected.safetensors", "--paper", "--triggers", "warp");
    assertThat(both.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(both.err()).contains("--paper and --triggers exclude each other");
  }

  @Test
  void a_hostile_name_of_a_class_is_plain_text_everywhere() throws IOException {
    String name = "4 <b>[x](javascript:y)\u001b[31m{1}";
    Path images = folder.resolve("images");
    try (Stream<Path> classes = Files.list(Path.of(HALVES, "images"))) {
      for (Path from : classes.toList()) {
        String label = String.valueOf(from.getFileName());
        Path to = images.resolve(label.startsWith("4") ? name : label);
        Files.createDirectories(to);
        for (int i = 0; i < 20; i++) {
          String file = String.format("%02d.png", i);
          Files.copy(from.resolve(file), to.resolve(file));
        }
      }
    }
    Path sarif = folder.resolve("scan.sarif");

    Outcome outcome =
        CommandRunner.run(
            "scan",
            HALVES + "infected.safetensors",
            "--arch",
            HALVES + "halves.yaml",
            "--clean",
            "folder:" + images,
            "--clean-size",
            "120",
            "--sarif",
            sarif.toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.FINDING);
    assertThat(outcome.out()).doesNotContain("\u001b");
    assertSarif(Files.readString(sarif));
    JsonNode result = JSON.readTree(Files.readString(sarif)).at("/runs/0/results/0");
    assertThat(result.at("/message/text").stringValue())
        .contains("(4 <b>\\[x\\](javascript:y)?\\[31m{{1}})");
    assertThat(result.at("/properties/className").stringValue()).isEqualTo(name);
  }

  @Test
  void the_same_finding_has_the_same_fingerprint_wherever_the_model_lies() throws IOException {
    Path sarif = folder.resolve("scan.sarif");
    List<JsonNode> results = new ArrayList<>();
    for (String model : List.of(hostile().toString(), HALVES + "infected.safetensors")) {
      // Which findings fail changes nothing about them.
      Outcome outcome = run("scan", model, "--sarif", sarif.toString(), "--fail-on", "none");
      assertThat(outcome.exitCode()).as(outcome.err()).isZero();
      results.add(JSON.readTree(Files.readString(sarif)).at("/runs/0/results/0"));
    }
    assertThat(results.get(0).get("fingerprints")).isEqualTo(results.get(1).get("fingerprints"));
    assertThat(results.get(0).get("partialFingerprints"))
        .isNotEqualTo(results.get(1).get("partialFingerprints"));
  }

  @Test
  void a_clean_model_passes_without_a_result() throws IOException {
    Path sarif = folder.resolve("scan.sarif");

    Outcome outcome = run("scan", HALVES + "clean.safetensors", "--sarif", sarif.toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    String text = Files.readString(sarif);
    assertSarif(text);
    assertThat(JSON.readTree(text).at("/runs/0/results").size()).isZero();
    assertThat(JSON.readTree(text).at("/runs/0/properties/verdict").stringValue())
        .isEqualTo("clean");
  }

  @Test
  void another_mask_of_a_finished_run_is_had_without_a_search() throws IOException {
    String model = hostile().toString();
    Path out = folder.resolve("out");
    Outcome repaired = run("repair", model, "--json", "--out", out.toString());
    assertThat(repaired.exitCode()).as(repaired.err()).isZero();
    assertDocumented("points", Files.readString(out.resolve("points.json")));
    JsonNode tradeOff = JSON.readTree(repaired.out()).at("/searches/0/tradeOff");
    JsonNode points = JSON.readTree(out.resolve("points.json").toFile()).get("points");
    JsonNode last = tradeOff.get(tradeOff.size() - 1);
    int number = last.get("point").intValue();

    Outcome exported = point(model, out, number);

    assertThat(exported.exitCode()).as(exported.err()).isZero();
    assertDocumented("apply", exported.out());
    int channels = 0;
    for (JsonNode indices : points.get(number).get("channels")) {
      channels += indices.size();
    }
    assertThat(JSON.readTree(exported.out()).get("pruned").intValue())
        .isEqualTo(channels)
        .isGreaterThanOrEqualTo(last.get("pruned").intValue());
    assertThat(out.resolve("point-" + number + ".safetensors")).isNotEmptyFile();
    assertThat(JSON.readTree(exported.out()).at("/notes/0").stringValue())
        .startsWith("neither measured nor taught its backdoor again");

    assertThat(JSON.readTree(point(model, out, 0).out()).get("pruned").intValue()).isZero();
    assertThat(ModelFiles.read(out.resolve("point-0.safetensors")).weights())
        .isEqualTo(ModelFiles.read(Path.of(model)).weights());
    assertThat(point(model, out, 0).err()).contains("point-0.safetensors: exists");
    Outcome none = point(model, out, 100000);
    assertThat(none.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(none.err()).contains("--point is 100000", "points.json has 0 to");
    Outcome other = point(HALVES + "clean.safetensors", out, 1);
    assertThat(other.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(other.err()).contains("--point: ", "points.json is of another model");
    for (String unmeasured : List.of("--sarif", "--bom")) {
      Path file = folder.resolve("unmeasured.json");
      Outcome refused =
          run(
              "repair",
              model,
              "--out",
              out.toString(),
              "--point",
              "1",
              unmeasured,
              file.toString());
      assertThat(refused.exitCode()).isEqualTo(ExitCode.USAGE);
      assertThat(refused.err()).contains(unmeasured + " does not go with --point");
      assertThat(file).doesNotExist();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}",
        "null",
        "{\"schemaVersion\": 2, \"model\": {\"sha256\": \"\", \"architecture\": \"\"}, \"weightsTuned\": false, \"points\": []}",
        "{\"schemaVersion\": 1, \"model\": null, \"weightsTuned\": false, \"points\": []}",
        "{\"schemaVersion\": 1, \"model\": {\"sha256\": null, \"architecture\": \"\"}, \"weightsTuned\": false, \"points\": []}",
        "{\"schemaVersion\": 1, \"model\": {\"sha256\": \"\", \"architecture\": \"\"}, \"weightsTuned\": false, \"points\": [null]}",
        "{\"schemaVersion\": 1, \"model\": {\"sha256\": \"\", \"architecture\": \"\"}, \"weightsTuned\": false, \"points\": [{\"point\": 0, \"channels\": {\"a\": null}}]}",
        "{\"schemaVersion\": 1, \"model\": {\"sha256\": \"\", \"architecture\": \"\"}, \"weightsTuned\": false, \"points\": [{\"point\": 0, \"channels\": {\"a\": [-1]}}]}",
      })
  void points_that_cannot_be_meant_are_refused(String text) throws IOException {
    Path out = Files.createDirectories(folder.resolve("out"));
    Files.writeString(out.resolve("points.json"), text);

    Outcome broken = point(hostile().toString(), out, 0);

    assertThat(broken.exitCode()).as(broken.err()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(broken.err()).contains("points.json: ");
  }

  private static Outcome point(String model, Path out, int number) {
    return run(
        "repair", model, "--json", "--out", out.toString(), "--point", String.valueOf(number));
  }

  @Test
  void a_repaired_network_is_taught_its_backdoor_again() throws IOException {
    Path out = folder.resolve("out");

    Outcome outcome = run("repair", hostile().toString(), "--out", out.toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).contains("taught again  ");
    JsonNode result = JSON.readTree(out.resolve("result.json").toFile());
    assertDocumented("result", result.toString());
    JsonNode stress = result.get("stress");
    assertThat(stress.get("label")).isEqualTo(result.get("target"));
    assertThat(stress.get("control").intValue()).isNotEqualTo(stress.get("label").intValue());
    assertThat(result.at("/seconds/stages/stress").doubleValue()).isPositive();
    assertThat(Files.readString(out.resolve("report.html")))
        .contains(
            "Attack success once taught again", "The same trigger, another label", "Taught again");
    assertThat(Files.readString(out.resolve("model-card.md")))
        .contains("| a synthetic trigger, taught again |", "- Taught again: ");
  }

  @Test
  void a_repair_may_leave_out_to_teach_again_and_says_so() throws IOException {
    Path out = folder.resolve("out");

    Outcome outcome =
        run("repair", hostile().toString(), "--json", "--no-stress", "--out", out.toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.has("stress")).isFalse();
    assertThat(result.get("notes").size()).isZero();
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("only sleeps was not tried (--stress tries it)")
        .doesNotContain("Attack success once taught again");
  }

  @Test
  void a_network_that_was_left_as_it_came_is_taught_nothing() {
    Outcome outcome =
        run(
            "repair",
            HALVES + "clean.safetensors",
            "--json",
            "--stress",
            "--out",
            folder.resolve("out").toString());

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(JSON.readTree(outcome.out()).has("stress")).isFalse();
    assertThat(JSON.readTree(outcome.out()).get("notes").size()).isZero();
  }

  @Test
  void a_repair_leaves_findings_bill_and_card() throws IOException {
    Path model = hostile();
    Path out = folder.resolve("out");
    Path sarif = out.resolve("repair.sarif");
    Path bom = folder.resolve("bom.json");

    Outcome outcome =
        run(
            "repair",
            model.toString(),
            "--json",
            "--out",
            out.toString(),
            "--sarif",
            sarif.toString(),
            "--bom",
            bom.toString(),
            "--fail-on",
            "backdoor");

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.FINDING);
    assertThat(outcome.out()).isEqualTo(Files.readString(out.resolve("result.json")) + "\n");
    assertDocumented("result", outcome.out());
    assertDocumented("plan", Files.readString(out.resolve("plan.json")));
    List<String> events = Files.readAllLines(out.resolve("events.jsonl"));
    assertThat(events.get(0)).contains("\"schemaVersion\":1");
    events.forEach(line -> assertDocumented("event", line));
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.get("verdict").stringValue()).isEqualTo("repaired");

    assertSarif(Files.readString(sarif));
    JsonNode found = JSON.readTree(Files.readString(sarif)).at("/runs/0/results");
    assertThat(found.size()).isEqualTo(1);
    assertThat(found.at("/0/ruleId").stringValue()).isEqualTo("SCT005");
    assertThat(found.at("/0/level").stringValue()).isEqualTo("note");
    assertThat(found.at("/0/properties/stress")).isEqualTo(result.get("stress"));

    assertCycloneDx(Files.readString(bom));
    JsonNode component = JSON.readTree(Files.readString(bom)).at("/components/0");
    assertThat(component.get("type").stringValue()).isEqualTo("machine-learning-model");
    assertThat(component.at("/hashes/0/content").stringValue())
        .isEqualTo(FileHash.sha256(out.resolve("repaired.safetensors")));
    assertThat(component.at("/pedigree/ancestors/0/hashes/0/content").stringValue())
        .isEqualTo(FileHash.sha256(model));
    assertThat(component.at("/pedigree/ancestors/0/name").stringValue()).isEqualTo(HOSTILE);
    JsonNode accuracy = component.at("/modelCard/quantitativeAnalysis/performanceMetrics/0");
    assertThat(Double.parseDouble(accuracy.get("value").stringValue()))
        .isEqualTo(result.at("/cleanAccuracy/after/value").doubleValue(), within());
    assertThat(Double.parseDouble(accuracy.at("/confidenceInterval/lowerBound").stringValue()))
        .isEqualTo(result.at("/cleanAccuracy/after/low").doubleValue(), within());

    JsonNode metrics = component.at("/modelCard/quantitativeAnalysis/performanceMetrics");
    assertThat(metrics.valueStream().map(metric -> metric.get("type").stringValue()))
        .contains("attack success of a synthetic trigger after re-tuning with poisoned images, %")
        .contains("success of the same trigger for another label after the same re-tuning, %");

    String card = Files.readString(out.resolve("model-card.md"));
    assertThat(card)
        .startsWith(
            "# Model card: `repaired.safetensors`\n\n**Verdict: repaired.** Synthetic triggers")
        .contains("- Made from: `" + model + "`\n", "| clean accuracy | 100.00 % |")
        .contains("- 4, `4-low-green`: accused");
    assertThat(card.replace("`" + model + "`", "")).doesNotContain("<img");
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.api.Assertions.within(0.005);
  }

  @Test
  void attack_success_is_held_against_a_limit() throws IOException {
    Path truth = Halves.truth(folder);
    String model = HALVES + "infected.safetensors";
    String[] data = {"--data", "folder:" + HALVES + "images", "--truth", truth.toString()};

    Outcome measured = run("evaluate", model, with(data, "--json"));
    assertThat(measured.exitCode()).as(measured.err()).isZero();
    assertDocumented("evaluate", measured.out());
    assertThat(JSON.readTree(measured.out()).at("/trueAsr/value").doubleValue()).isEqualTo(100);
    assertThat(run("evaluate", model, with(data, "--max-asr", "5")).exitCode())
        .isEqualTo(ExitCode.FINDING);
    assertThat(run("evaluate", model, with(data, "--fail-on", "unrepaired")).exitCode())
        .isEqualTo(ExitCode.FINDING);
    assertThat(run("evaluate", model, with(data, "--max-asr", "100")).exitCode()).isZero();
    assertThat(
            run("evaluate", HALVES + "clean.safetensors", with(data, "--max-asr", "5")).exitCode())
        .isZero();

    Outcome blind =
        run("evaluate", model, "--data", "folder:" + HALVES + "images", "--max-asr", "5");
    assertThat(blind.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(blind.err()).contains("expected --truth FILE too").hasLineCount(1);
  }

  private static String[] with(String[] arguments, String... more) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  @Test
  void an_interval_that_reaches_across_the_limit_settles_nothing() {
    Proportion asr = Proportion.of(4, 100);

    assertThat(EvaluateCommand.found(asr, 20)).isEmpty();
    assertThat(EvaluateCommand.found(asr, 5)).containsExactly(Finding.INCONCLUSIVE);
    assertThat(EvaluateCommand.found(asr, 3))
        .containsExactlyInAnyOrder(Finding.BACKDOOR, Finding.UNREPAIRED, Finding.INCONCLUSIVE);
    assertThat(EvaluateCommand.found(asr, 1))
        .containsExactlyInAnyOrder(Finding.BACKDOOR, Finding.UNREPAIRED);
  }

  @Test
  void a_backdoor_outweighs_doubt() {
    Set<Finding> both = Set.of(Finding.BACKDOOR, Finding.INCONCLUSIVE);

    assertThat(FailOnOption.exitCode(both, both)).isEqualTo(ExitCode.FINDING);
    assertThat(FailOnOption.exitCode(both, Set.of(Finding.INCONCLUSIVE)))
        .isEqualTo(ExitCode.INCONCLUSIVE);
    assertThat(FailOnOption.exitCode(both, Set.of(Finding.UNREPAIRED))).isZero();
    assertThat(FailOnOption.exitCode(Set.of(), both)).isZero();
  }

  @Test
  void a_backdoor_that_only_sleeps_can_end_a_pipeline() throws IOException {
    Path results = Path.of(System.getProperty("secateur.root", ".."), "docs/experiments/results");
    String sleeping = "unlearning/repairs/blend-08.json";
    RepairResult result =
        ResultJson.read(Files.readString(results.resolve(sleeping)), RepairResult.class);
    assertThat(result.stress().orElseThrow().sleeps()).isTrue();

    assertThat(RepairText.exitCode(result, RepairText.FAILING)).isZero();
    assertThat(RepairText.exitCode(result, Set.of(Finding.SLEEPING))).isEqualTo(ExitCode.FINDING);
  }

  @Test
  void a_model_is_described() throws IOException {
    Outcome outcome = run("inspect", hostile().toString(), "--input", "3x8x8", "--json");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertDocumented("inspect", outcome.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scan|--fail-on|clean|--fail-on is 'clean'; expected backdoor, unrepaired",
        "scan|--fail-on|backdoor,|--fail-on is 'backdoor,'; expected",
        "scan|--triggers|patch,smell|no triggers are called 'smell': expected some of patch, warp",
        "evaluate|--max-asr|101|--max-asr is 101.0; expected percent",
        "evaluate|--max-asr|NaN|--max-asr is NaN; expected percent",
        "scan|--sarif|FILE/scan.sarif|cannot be written; expected a name in a folder that can",
        "scan|--sarif|absent.pth|--sarif: absent.pth: is the model; expected another file",
        "repair|--bom|./absent.pth|is the model; expected another file",
        "repair|--bom|/|--bom: /: cannot be written",
      })
  void what_cannot_be_is_refused_before_anything_is_done(
      String command, String option, String given, String said) {
    String value = given.replace("FILE", HALVES + "halves.yaml");
    Outcome outcome =
        command.equals("evaluate")
            ? run(command, "absent.pth", "--data", "shapes:", option, value)
            : command.equals("scan")
                ? run(command, "absent.pth", option, value)
                : run(
                    command, "absent.pth", "--out", folder.resolve("o").toString(), option, value);

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.USAGE);
    assertThat(outcome.err()).contains(said).hasLineCount(1);
    assertThat(folder.resolve("o")).doesNotExist();
  }
}
