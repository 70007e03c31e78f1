package io.secateur.bench;

import static io.secateur.Schemas.assertCycloneDx;
import static io.secateur.Schemas.assertSarif;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.Schemas;
import io.secateur.agent.LearningCurve;
import io.secateur.agent.Measurement;
import io.secateur.agent.TradeOffPoint;
import io.secateur.data.CleanSample;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.Defence;
import io.secateur.defence.FreshTrigger;
import io.secateur.defence.Policy;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.RepairVerdict;
import io.secateur.defence.Suspect;
import io.secateur.engine.ForwardCost;
import io.secateur.format.FileHash;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.ModelSource;
import io.secateur.metric.Add;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Proportion;
import io.secateur.metric.TrueTrigger;
import io.secateur.nn.Architecture;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.report.Evidence;
import io.secateur.report.HtmlReport;
import io.secateur.report.ModelBom;
import io.secateur.report.ModelCard;
import io.secateur.report.RepairResult;
import io.secateur.report.ResultJson;
import io.secateur.report.SarifReport;
import io.secateur.run.AtomicFile;
import io.secateur.run.BadRunDirectory;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory.Existing;
import io.secateur.run.SeedTree;
import io.secateur.run.TimeSpent;
import io.secateur.train.Initialisation;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.LabelFinding;
import io.secateur.trigger.Trigger;
import io.secateur.trigger.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The way around a defence: a stub takes the defence's place, everything else is real. */
class RepairRunTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String HOSTILE = "m<img src=x onerror=alert(1)>&\"'.safetensors";
  private static final PruningPlan PLAN =
      new PruningPlan(
          List.of(
              new PrunedChannel("bn1", 1, 0.9, "</script><script>alert(2)</script>"),
              new PrunedChannel("layer1.0.bn1", 3, 0.8, "carries the trigger")));

  @TempDir private Path temp;
  private final ImageSet clean = DataSpec.parse("shapes:size=60", Split.DEFENDER).load();
  private Network network = network();
  private Path model = Path.of("");
  private int repairs;
  private boolean compact;
  private boolean stress;
  private int hunts;
  private long seed = 1;
  private Optional<Path> findings = Optional.empty();
  private Progress listener = Progress.SILENT;

  @BeforeEach
  void a_model_with_a_hostile_name() throws IOException {
    model = temp.resolve(HOSTILE);
    ModelFile file = ModelFile.of(ModelFile.Layout.SAFETENSORS, network.weights());
    AtomicFile.write(model, out -> ModelFiles.write(file, out));
    network =
        new Network(network.architecture(), ModelFiles.read(model).weights(), Preprocessing.UNIT);
  }

  @Test
  void the_folder_holds_all_that_was_promised() throws IOException {
    RepairResult result = run(RepairVerdict.REPAIRED, Existing.RESUME);

    Path out = temp.resolve("out");
    assertThat(result.files())
        .containsExactlyInAnyOrder(
            "events.jsonl",
            "evidence.json",
            "model-card.md",
            "plan.json",
            "points.json",
            "repaired.safetensors",
            "repaired.undo.safetensors",
            "report.html",
            "result.json",
            "trigger-3.png");
    for (String file : result.files()) {
      assertThat(out.resolve(file)).isNotEmptyFile();
    }
    assertThat(out).isDirectoryNotContaining("glob:**/{state,.lock}");
    Network repaired =
        network.withWeights(ModelFiles.read(out.resolve("repaired.safetensors")).weights());
    float[] image = clean.floats(new int[] {0});
    assertThat(Evaluator.logits(repaired, image))
        .containsExactly(Evaluator.logits(Surgery.apply(network, PLAN), image));
    assertThat(result.model().sha256().after())
        .contains(FileHash.sha256(out.resolve("repaired.safetensors")));
    assertThat(result.channels().pruned()).isEqualTo(2);
    assertThat(result.parameters().before() - result.parameters().after())
        .isEqualTo((3 * 9 + 2) + (4 * 9 + 2));
  }

  @Test
  void a_time_that_is_up_takes_nothing_but_the_teaching_again() throws IOException {
    stress = true;
    listener = ending("training", new TimeSpent());

    RepairResult result = run(RepairVerdict.REPAIRED, Existing.RESUME);

    assertThat(result.stress()).isEmpty();
    assertThat(result.notes())
        .containsExactly(
            "a note",
            "whether the backdoor only sleeps was not tried: the time budget was spent before");
    assertThat(temp.resolve("out/report.html")).isNotEmptyFile();
    assertThat(temp.resolve("out")).isDirectoryNotContaining("glob:**/{state,.lock}");
  }

  @Test
  void teaching_again_is_interrupted_and_resumed_with_the_same_result() throws IOException {
    stress = true;
    RepairResult whole = run(RepairVerdict.REPAIRED, Existing.RESUME);
    assertThat(whole.stress().orElseThrow().trueAsr()).isPresent();

    listener = ending("evaluate what was taught again", new Interrupted());
    assertThatThrownBy(() -> run(RepairVerdict.REPAIRED, Existing.OVERWRITE))
        .isInstanceOf(Interrupted.class);
    listener = Progress.SILENT;
    RepairResult resumed = run(RepairVerdict.REPAIRED, Existing.RESUME);

    assertThat(resumed.stress()).isEqualTo(whole.stress());
  }

  /** Throws when a stage begins. */
  private static Progress ending(String last, RuntimeException thrown) {
    return new Progress() {
      @Override
      public void begin(String stage, long steps) {
        if (stage.equals(last)) {
          throw thrown;
        }
      }

      @Override
      public void advance(long done, String note) {}

      @Override
      public void end(String summary) {}

      @Override
      public void event(String kind, Map<String, ?> values) {}
    };
  }

  @Test
  void a_backdoor_that_only_sleeps_is_seen_first_and_everywhere() throws IOException {
    run(RepairVerdict.REPAIRED, Existing.RESUME);
    Path out = temp.resolve("out");
    ObjectNode json = (ObjectNode) JSON.readTree(out.resolve("result.json").toFile());
    json.put("verdict", "repaired");
    json.set("stress", JSON.readTree(ResultJson.of(stressed(95))));
    RepairResult sleeping = ResultJson.read(json.toString(), RepairResult.class);
    Evidence evidence =
        ResultJson.read(Files.readString(out.resolve("evidence.json")), Evidence.class);
    String warning = sleeping.stress().orElseThrow().warning().orElseThrow();
    assertThat(warning)
        .contains("only sleeps", "works on 95 % of the images instead of 2 %", "reaches 20 %");

    Document page = Jsoup.parse(HtmlReport.render(sleeping, evidence));
    assertThat(page.select("h1").text()).endsWith("found and silenced; it only sleeps");
    assertThat(page.select("header.open .basis").text()).endsWith("the backdoor only sleeps.");
    assertThat(page.select("#limits li").get(0).text()).startsWith("The backdoor only sleeps");

    String sarif = ResultJson.of(SarifReport.of(sleeping));
    assertSarif(sarif);
    JsonNode found = JSON.readTree(sarif).at("/runs/0/results/1");
    assertThat(found.get("ruleId").stringValue()).isEqualTo("SCT006");
    assertThat(found.get("level").stringValue()).isEqualTo("warning");
    assertThat(ModelCard.of(sleeping)).contains("the backdoor only sleeps");
    String bill = ResultJson.of(ModelBom.of(sleeping));
    assertCycloneDx(bill);
    assertThat(bill).contains("The backdoor only sleeps", "after re-tuning with poisoned images");

    assertThat(stressed(20).warning()).isEmpty();
    json.set("stress", JSON.readTree(ResultJson.of(stressed(20))));
    RepairResult gone = ResultJson.read(json.toString(), RepairResult.class);
    assertThat(Jsoup.parse(HtmlReport.render(gone, evidence)).select("h1").text())
        .endsWith("found and removed");
    assertThat(ResultJson.of(SarifReport.of(gone))).doesNotContain("\"ruleId\" : \"SCT006\"");
  }

  private static RepairResult.Stress stressed(int after) {
    Proportion control = Proportion.of(20, 100);
    return new RepairResult.Stress(
        3,
        new RepairResult.BeforeAfter(Proportion.of(2, 100), Proportion.of(after, 100)),
        4,
        new RepairResult.BeforeAfter(Proportion.of(2, 100), control),
        Proportion.of(90, 100),
        Optional.empty(),
        5,
        5,
        Proportion.of(after, 100).low() > control.high());
  }

  @Test
  void the_result_keeps_to_its_schema() throws IOException {
    run(RepairVerdict.REPAIRED, Existing.RESUME);

    JsonMapper json = JsonMapper.builder().build();
    JsonNode result = json.readTree(Files.readAllBytes(temp.resolve("out/result.json")));
    Schemas.assertDocumented("result", Files.readString(temp.resolve("out/result.json")));
    Schemas.assertDocumented("evidence", Files.readString(temp.resolve("out/evidence.json")));
    assertThat(result.at("/trueAsr/after/n").intValue()).isEqualTo(18);
    assertThat(result.at("/recoveryAccuracy/before/low").isNumber()).isTrue();
  }

  @Test
  void a_compacted_result_keeps_to_its_schema_and_says_what_stayed() throws IOException {
    compact = true;
    RepairResult result = run(RepairVerdict.REPAIRED, Existing.RESUME);

    the_result_keeps_to_its_schema(temp.resolve("out/result.json"));
    RepairResult.Compact gains = result.compact().orElseThrow();
    assertThat(gains.removed()).isEqualTo(1);
    assertThat(gains.masked()).hasSize(1);
    assertThat(result.parameters().before() - result.parameters().after())
        .isEqualTo(4 * 9 + 2 + 4 * 9);
    assertThat(Jsoup.parse(Files.readString(temp.resolve("out/report.html"))).text())
        .contains("1 pruned channels taken out", "Zeroed only: bn1 [1]");
    assertThat(
            ModelSource.of(temp.resolve("out/repaired.safetensors"))
                .load(clean.shape())
                .network()
                .architecture()
                .name())
        .isEqualTo("resnet20-w4-compact");

    compact = false;
    run(RepairVerdict.REPAIRED, Existing.OVERWRITE);
    assertThat(temp.resolve("out/repaired.layers.yaml")).doesNotExist();
  }

  private static void the_result_keeps_to_its_schema(Path file) throws IOException {
    String text = Files.readString(file);
    Schemas.assertDocumented("result", text);
    assertThat(new JsonMapper().readTree(text).has("compact")).isTrue();
  }

  @Test
  void the_page_is_whole_and_harmless() throws IOException {
    run(RepairVerdict.REPAIRED, Existing.RESUME);

    Document page = Jsoup.parse(Files.readString(temp.resolve("out/report.html")));
    assertThat(page.select("section").eachAttr("id"))
        .containsExactly(
            "notes",
            "measures",
            "triggers",
            "channels",
            "why",
            "graph",
            "search",
            "classes",
            "features",
            "attention",
            "limits",
            "provenance");
    assertThat(page.title()).isEqualTo("Secateur report: " + HOSTILE);
    assertThat(page.select("#measures tbody tr")).hasSize(7);
    assertThat(page.select("#measures tbody tr").text()).contains("Clean accuracy, mixed copies");
    assertThat(page.select("#measures tbody tr:last-child").text())
        .contains("label 3", "100.0 %", "30.0 %", "40.0 %", "not clearly easier than others");
    assertThat(page.select("#triggers .card")).hasSize(10);
    assertThat(page.select("#triggers .card.marked")).hasSize(1);
    assertThat(page.select("#channels .bar i")).hasSize(2);
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select("img"))
        .isNotEmpty()
        .allMatch(image -> image.attr("src").startsWith("data:image/png;base64,"));
    for (Element element : page.getAllElements()) {
      assertThat(element.attributes().asList())
          .noneMatch(attribute -> attribute.getKey().startsWith("on"));
      for (String reference : List.of("src", "href", "action", "srcset")) {
        assertThat(element.attr(reference))
            .satisfiesAnyOf(
                value -> assertThat(value).isEmpty(),
                value -> assertThat(value).startsWith("data:"),
                value -> assertThat(value).startsWith("#"));
      }
    }
    assertThat(page.select("style").html()).doesNotContain("@import", "url(");
    assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
        .startsWith("default-src 'none'");
  }

  @Test
  void whatever_the_verdict_other_programs_can_read_it() throws IOException {
    for (RepairVerdict verdict : RepairVerdict.values()) {
      RepairResult result = run(verdict, Existing.OVERWRITE);

      Schemas.assertDocumented("result", ResultJson.of(result));
      Schemas.assertDocumented("evidence", Files.readString(temp.resolve("out/evidence.json")));
      String sarif = ResultJson.of(SarifReport.of(result));
      Schemas.assertSarif(sarif);
      assertThat(sarif).doesNotContain("<img");
      Schemas.assertCycloneDx(ResultJson.of(ModelBom.of(result)));
      String card = Files.readString(temp.resolve("out/model-card.md"));
      assertThat(card.replace("`" + model + "`", "").replace("`" + HOSTILE + "`", ""))
          .contains("**Verdict: " + result.verdict() + ".**")
          .doesNotContain("<img", "alert");
    }
  }

  @Test
  void the_page_can_be_made_again_of_the_files_beside_it_to_the_letter() throws IOException {
    run(RepairVerdict.REPAIRED, Existing.RESUME);

    Path out = temp.resolve("out");
    String again =
        HtmlReport.render(
            ResultJson.read(Files.readString(out.resolve("result.json")), RepairResult.class),
            ResultJson.read(Files.readString(out.resolve("evidence.json")), Evidence.class));

    assertThat(again).isEqualTo(Files.readString(out.resolve("report.html")));
    assertThat(again.length()).isLessThan(3_000_000);
  }

  @Test
  void names_of_classes_and_layers_stay_text_whatever_they_are() throws IOException {
    run(RepairVerdict.REPAIRED, Existing.RESUME);
    String hostile = "</script><img src=x onerror=alert(3)>{b}";
    String evidence =
        Files.readString(temp.resolve("out/evidence.json"))
            .replace("\"" + clean.classNames().get(3) + "\"", "\"" + hostile + "\"")
            .replace("\"bn1\"", "\"" + hostile + "\"");
    String result =
        Files.readString(temp.resolve("out/result.json"))
            .replace("\"" + clean.classNames().get(3) + "\"", "\"" + hostile + "\"");

    Document page =
        Jsoup.parse(
            HtmlReport.render(
                ResultJson.read(result, RepairResult.class),
                ResultJson.read(evidence, Evidence.class)));

    assertThat(page.select("[onerror]")).isEmpty();
    assertThat(page.select("img")).allMatch(image -> image.attr("src").startsWith("data:"));
    assertThat(page.select("script")).hasSize(3);
    assertThat(page.select("h1").text()).contains(hostile);
    assertThat(page.select("#why tbody th").eachText()).anyMatch(name -> name.contains(hostile));
    assertThat(page.select("#classes tbody th").eachText()).contains("3 " + hostile);
  }

  @Test
  void truth_outweighs_what_the_defender_believes() throws IOException {
    RepairResult result = run(RepairVerdict.REPAIRED, Existing.RESUME);

    assertThat(result.defenderVerdict()).isEqualTo("repaired");
    boolean met =
        result.trueAsr().orElseThrow().after().value() <= 5
            && result.cleanAccuracy().before().value() - result.cleanAccuracy().after().value()
                <= 3;
    assertThat(result.verdict()).isEqualTo(met ? "repaired" : "not-repaired");
  }

  @Test
  void without_a_verdict_no_file_is_called_repaired() throws IOException {
    RepairResult result = run(RepairVerdict.INCONCLUSIVE, Existing.RESUME);

    assertThat(result.verdict()).isEqualTo("inconclusive");
    assertThat(temp.resolve("out/repaired.safetensors")).doesNotExist();
    assertThat(temp.resolve("out/report.html")).exists();
  }

  @Test
  void an_interrupted_run_goes_on_and_a_finished_one_is_kept() throws IOException {
    Defence interrupted =
        new Defence() {
          @Override
          public String name() {
            return "stub";
          }

          @Override
          public RepairOutcome repair(Suspect suspect, CleanSample sample, RunContext run) {
            run.checkpoints().once("part", Integer.class, () -> ++repairs);
            throw new Interrupted();
          }
        };
    assertThatThrownBy(
            () -> RepairRun.of(request(interrupted, Existing.RESUME), List.of(), Progress.SILENT))
        .isInstanceOf(Interrupted.class);
    assertThat(temp.resolve("out/state/part.json")).exists();
    assertThat(temp.resolve("out/result.json")).doesNotExist();

    run(RepairVerdict.REPAIRED, Existing.RESUME);

    assertThat(repairs).isEqualTo(1);
    assertThat(Files.readAllLines(temp.resolve("out/events.jsonl")))
        .anyMatch(line -> line.contains("\"resumed\""));
    assertThatThrownBy(() -> run(RepairVerdict.REPAIRED, Existing.RESUME))
        .isInstanceOf(BadRunDirectory.class)
        .hasMessageContaining("--force");
    run(RepairVerdict.REPAIRED, Existing.OVERWRITE);
  }

  @Test
  void repairs_of_one_suspect_share_a_hunt_and_each_counts_its_cost() throws IOException {
    findings = Optional.of(temp.resolve("findings"));
    RepairResult first = run(RepairVerdict.REPAIRED, Existing.RESUME);
    RepairResult second = run(RepairVerdict.REPAIRED, Existing.OVERWRITE);

    assertThat(hunts).isEqualTo(1);
    assertThat(repairs).isEqualTo(2);
    assertThat(first.imageForwards()).isGreaterThanOrEqualTo(1000);
    assertThat(second.imageForwards()).isEqualTo(first.imageForwards());
    assertThat(first.seconds().shared()).isEmpty();
    assertThat(second.seconds().shared().orElseThrow())
        .isPositive()
        .isLessThan(second.seconds().total());

    seed = 2;
    run(RepairVerdict.REPAIRED, Existing.OVERWRITE);
    assertThat(hunts).isEqualTo(2);
  }

  private RepairResult run(RepairVerdict verdict, Existing existing) throws IOException {
    Defence stub =
        new Defence() {
          @Override
          public String name() {
            return "stub";
          }

          @Override
          public RepairOutcome repair(Suspect suspect, CleanSample sample, RunContext run) {
            run.inCommon().checkpoints().once("hunt", Integer.class, this::hunt);
            run.checkpoints().once("part", Integer.class, () -> ++repairs);
            return outcome(suspect, verdict);
          }

          private int hunt() {
            ForwardCost.add(1000 * network.architecture().macs());
            return ++hunts;
          }
        };
    return RepairRun.of(request(stub, existing), List.of("a note"), listener);
  }

  private RepairRequest request(Defence defence, Existing existing) {
    ImageSet test = DataSpec.parse("shapes:size=20", Split.TEST).load();
    TrueTrigger trigger = new Add(test.shape(), new byte[test.shape().size()]);
    return new RepairRequest(
        new LoadedModel(
            model,
            ModelFile.of(ModelFile.Layout.SAFETENSORS, network.weights()),
            network,
            FileHash.sha256(model)),
        clean,
        50,
        defence,
        Map.of("lambda", "5"),
        OptionalInt.empty(),
        Policy.DEFAULT,
        Optional.of(test),
        Optional.of(new GroundTruth("none", 3, trigger)),
        ModelFile.Layout.SAFETENSORS,
        compact,
        stress,
        findings,
        temp.resolve("out"),
        existing,
        seed,
        "test");
  }

  private static RepairOutcome outcome(Suspect suspect, RepairVerdict verdict) {
    Trigger trigger = new Trigger.Patch(new float[32 * 32], new float[3 * 32 * 32], 32, 32);
    List<LabelFinding> findings = new ArrayList<>();
    for (int label = 0; label < 10; label++) {
      findings.add(
          new LabelFinding(
              label, label == 3 ? 5 : 40, 1, 1, 0.9, true, List.of(), trigger, 5, 0.9));
    }
    HuntResult hunt =
        new HuntResult(
            "patch",
            Verdict.BACKDOORED,
            "small",
            List.of(3),
            List.of(),
            findings,
            40,
            1.3,
            Optional.empty(),
            1);
    double[] curve = {-1, -0.5};
    return new RepairOutcome(
        Surgery.apply(suspect.network(), PLAN),
        verdict,
        OptionalInt.of(3),
        PLAN,
        Optional.of(hunt),
        List.of(trigger),
        List.of(
            new RepairOutcome.Relapse(
                new FreshTrigger(3, 12, trigger, 400, 1, 0.4),
                new FreshTrigger(3, 12, trigger, 400, 0.3, 0.4))),
        new RepairOutcome.Standing(
            Proportion.of(9, 10), Proportion.of(8, 10), Optional.of(Proportion.of(8, 8))),
        new RepairOutcome.Standing(
            Proportion.of(9, 10), Proportion.of(8, 10), Optional.of(Proportion.of(0, 8))),
        List.of(
            new RepairOutcome.Search(
                3,
                new LearningCurve(curve, curve, curve, curve),
                List.of(
                    new TradeOffPoint(List.of(), new Measurement(0.9, 0.2, 1, 1, 0.7), -1),
                    new TradeOffPoint(List.of(0, 1), new Measurement(0.8, 0.3, 0, 0, 0.6), -0.5)),
                List.of(PruningPlan.EMPTY, PLAN),
                Map.of(1, new RepairOutcome.Judged(0.5, -0.51)),
                1,
                false)),
        Optional.empty(),
        48,
        Map.of("hunt", 1.0));
  }

  private static Network network() {
    Architecture architecture =
        StockArchitectures.build(
            "resnet20-w4",
            new StockArchitectures.Options(new io.secateur.nn.FeatureShape(3, 32, 32), 10));
    return Initialisation.of(architecture, Preprocessing.UNIT, new SeedTree(3));
  }
}
