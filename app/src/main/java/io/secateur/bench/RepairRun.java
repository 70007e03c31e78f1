package io.secateur.bench;

import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.RepairVerdict;
import io.secateur.defence.Suspect;
import io.secateur.engine.Engine;
import io.secateur.engine.ForwardCost;
import io.secateur.format.NetworkHash;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Network;
import io.secateur.report.Evidence;
import io.secateur.report.HtmlReport;
import io.secateur.report.ModelCard;
import io.secateur.report.RepairResult;
import io.secateur.report.ResultJson;
import io.secateur.report.TriggerPicture;
import io.secateur.run.AtomicFile;
import io.secateur.run.Checkpoints;
import io.secateur.run.Progress;
import io.secateur.run.Rules;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory;
import io.secateur.run.RunEvents;
import io.secateur.run.SeedTree;
import io.secateur.run.SharedFindings;
import io.secateur.run.Stopwatch;
import io.secateur.trigger.Trigger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A repair from a model file to a folder of results: sample, repair, write the file, read it back,
 * measure, report. Whatever was finished before an interruption is not done again.
 */
public final class RepairRun {
  private static final int COMPARED_IMAGES = 32;

  private final RepairRequest request;
  private final Progress listener;
  private static final String STORY = "events.jsonl";
  private static final String PLAN = "plan.json";
  private static final String REPORT = "report.html";
  private static final String EVIDENCE = "evidence.json";
  private static final String CARD = "model-card.md";

  /** What every run writes, whatever it finds. */
  private static final Set<String> WRITTEN =
      Set.of(STORY, PLAN, PointsFile.NAME, REPORT, EVIDENCE, CARD, RepairResult.FILE);

  private final List<String> files = new ArrayList<>();
  private final List<String> notes;

  private RepairRun(RepairRequest request, List<String> notes, Progress listener) {
    this.request = request;
    this.notes = new ArrayList<>(notes);
    this.listener = listener;
  }

  /**
   * Repairs.
   *
   * @param notes warnings to put on record
   * @throws io.secateur.run.BadRunDirectory if the folder cannot be used; nothing is written then
   */
  public static RepairResult of(RepairRequest request, List<String> notes, Progress listener)
      throws IOException {
    return new RepairRun(request, notes, listener).run();
  }

  private RepairResult run() throws IOException {
    ImageSet images = request.clean();
    Network suspect = request.model().network();
    Evaluator.check(suspect, images);
    SeedTree seeds = new SeedTree(request.seed());
    CleanSample sample =
        CleanSample.draw(
            images, request.cleanSize(), CleanSample.HOLD_OUT_SHARE, seeds.seed("clean-sample"));
    try (RunDirectory folder = opened();
        RunEvents events = RunEvents.to(folder.file(STORY), Stopwatch.start(), listener)) {
      files.add(STORY);
      events.event(
          folder.resumed() ? "resumed" : "started",
          Map.of("schemaVersion", 1, "method", request.defence().name(), "seed", request.seed()));
      events.begin("clean accuracy of the model as it is", 1);
      events.end(
          Evaluator.evaluate(suspect, sample.tune(), Optional.empty()).cleanAccuracy().toString());
      RunContext context = new RunContext(seeds, events, memory(folder));
      Stopwatch watch = context.stopwatch();
      long cost = ForwardCost.ofThisThread();
      RepairOutcome outcome =
          request.defence().repair(new Suspect(suspect, request.target()), sample, context);
      watch.lap("repair");
      double forwards =
          (double) (ForwardCost.ofThisThread() - cost) / suspect.architecture().macs();

      Optional<PrunedFile> repaired = writeModel(folder, outcome, sample.holdOut());
      write(folder, PLAN, PlanFile.of(request.model(), outcome.plan(), outcome.network()).json());
      write(folder, PointsFile.NAME, PointsFile.of(request.model(), outcome).json());
      writeTriggers(folder, outcome);
      watch.lap("write and read back");
      Optional<TrustedMeasurement> trusted = measure(outcome.network(), events);
      watch.lap("trusted evaluation");

      Evidence evidence = EvidenceCollection.of(request.model().network(), outcome, sample, events);
      watch.lap("evidence");

      // Last, so that a time that is up takes nothing else from the result.
      Optional<RepairResult.Stress> stress =
          new StressTest(request, sample, context).of(outcome, notes);
      watch.lap("stress");

      files.add(RepairResult.FILE);
      files.add(EVIDENCE);
      files.add(REPORT);
      files.add(CARD);
      RepairResult result =
          new ResultAssembly(request, sample, outcome, trusted, repaired, forwards, stress)
              .result(
                  watch,
                  context.checkpoints().borrowedSeconds(),
                  List.copyOf(files),
                  List.copyOf(notes));
      write(folder, REPORT, HtmlReport.render(result, evidence));
      write(folder, EVIDENCE, ResultJson.of(evidence));
      write(folder, CARD, ModelCard.of(result));
      write(folder, RepairResult.FILE, ResultJson.of(result));
      events.event("finished", Map.of("verdict", result.verdict()));
      folder.finish();
      return result;
    }
  }

  /** The folder, without what an older run left in it: half of it would be taken for this one's. */
  private RunDirectory opened() throws IOException {
    RunDirectory folder = RunDirectory.open(request.out(), fingerprint(), request.existing());
    if (!folder.resumed()) {
      try {
        delete(
            folder,
            name -> WRITTEN.contains(name) || RepairResult.isModelFile(name) || isTrigger(name));
      } catch (IOException e) {
        folder.close();
        throw e;
      }
    }
    return folder;
  }

  private static boolean isTrigger(String name) {
    return name.matches("trigger-\\d+\\.png");
  }

  private static void delete(RunDirectory folder, Predicate<String> names) throws IOException {
    List<Path> old;
    try (Stream<Path> entries = Files.list(folder.root())) {
      old =
          entries
              .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
              .filter(path -> names.test(String.valueOf(path.getFileName())))
              .toList();
    }
    for (Path file : old) {
      Files.delete(file);
    }
  }

  private Map<String, String> fingerprint() {
    Map<String, String> fingerprint = suspect();
    fingerprint.putAll(request.settings());
    fingerprint.put("method", request.defence().name());
    fingerprint.put("policy", request.policy().toString());
    return fingerprint;
  }

  /** What a hunt depends on, whichever the method, but for its own settings. */
  private Map<String, String> suspect() {
    Map<String, String> suspect = new TreeMap<>();
    Network network = request.model().network();
    suspect.put("model.sha256", request.model().sha256());
    suspect.put("network.sha256", NetworkHash.of(network));
    suspect.put("architecture", network.architecture().name());
    suspect.put("preprocessing", network.preprocessing().toString());
    suspect.put("clean.sha256", request.clean().sha256());
    suspect.put("clean-size", String.valueOf(request.cleanSize()));
    suspect.put(
        "target",
        request.target().isPresent() ? String.valueOf(request.target().getAsInt()) : "auto");
    suspect.put("seed", String.valueOf(request.seed()));
    suspect.put("threads", String.valueOf(Engine.threads()));
    suspect.put("arithmetic", Engine.arithmetic());
    suspect.put("version", request.product());
    suspect.put(Rules.KEY, Rules.NUMBER);
    return suspect;
  }

  /** What the run remembers, and what it shares with repairs by other methods. */
  private Checkpoints memory(RunDirectory folder) {
    if (request.findings().isEmpty()) {
      return folder;
    }
    Map<String, String> identity = suspect();
    for (String key : List.of("paper", "strength")) {
      identity.put(key, request.settings().getOrDefault(key, ""));
    }
    // Which triggers of a named label count, and so their size, goes by what may be left of them.
    request.target().ifPresent(label -> identity.put("policy", request.policy().toString()));
    var meter = new SharedFindings.Meter(ForwardCost::ofThisThread, ForwardCost::add);
    return SharedFindings.in(request.findings().get(), identity, meter).beside(folder);
  }

  /** Writes the repaired network and makes sure that its file computes the same. */
  private Optional<PrunedFile> writeModel(
      RunDirectory folder, RepairOutcome outcome, ImageSet images) throws IOException {
    // One of another format, by a run that was interrupted behind it, would be taken for it.
    delete(folder, RepairResult::isModelFile);
    boolean asItCame = outcome.network() == request.model().network();
    if (outcome.verdict() == RepairVerdict.INCONCLUSIVE && asItCame) {
      return Optional.empty();
    }
    String called =
        outcome.verdict() == RepairVerdict.INCONCLUSIVE
            ? RepairResult.TREATED
            : RepairResult.REPAIRED;
    int count = Math.min(COMPARED_IMAGES, images.size());
    PrunedFile written =
        PrunedFile.write(
            request.model(),
            outcome.network(),
            outcome.plan(),
            request.layout(),
            request.compact(),
            folder.file(called + ModelFormat.suffix(request.layout())),
            images.floats(Arrays.copyOf(images.indices(), count)));
    written.files().forEach(file -> files.add(String.valueOf(file.getFileName())));
    return Optional.of(written);
  }

  private void writeTriggers(RunDirectory folder, RepairOutcome outcome) throws IOException {
    Map<Integer, Trigger> triggers = new TreeMap<>();
    outcome
        .hunt()
        .ifPresent(
            hunt -> {
              List<Integer> labels = new ArrayList<>(hunt.accused());
              labels.addAll(hunt.doubtful());
              labels.forEach(label -> triggers.put(label, hunt.findings().get(label).trigger()));
            });
    if (outcome.target().isPresent() && !outcome.proxies().isEmpty()) {
      triggers.putIfAbsent(outcome.target().getAsInt(), outcome.proxies().get(0));
    }
    for (Map.Entry<Integer, Trigger> trigger : triggers.entrySet()) {
      String name = "trigger-" + trigger.getKey() + ".png";
      byte[] png = TriggerPicture.of(trigger.getValue());
      AtomicFile.write(folder.file(name), out -> out.write(png));
      files.add(name);
    }
  }

  private Optional<TrustedMeasurement> measure(Network repaired, Progress progress) {
    if (request.trusted().isEmpty()) {
      return Optional.empty();
    }
    ImageSet images = request.trusted().get();
    int passes = Evaluator.passes(images, request.truth());
    progress.begin("trusted evaluation", 2L * passes);
    Evaluation before =
        Evaluator.evaluate(
            request.model().network(),
            images,
            request.truth(),
            done -> progress.advance(done, "before"));
    Evaluation after =
        Evaluator.evaluate(
            repaired, images, request.truth(), done -> progress.advance(passes + done, "after"));
    progress.end("CA " + after.cleanAccuracy());
    return Optional.of(new TrustedMeasurement(images.name(), before, after));
  }

  private void write(RunDirectory folder, String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.file(name), out -> out.write(bytes));
    if (!files.contains(name)) {
      files.add(name);
    }
  }
}
