package io.secateur.bench;

import io.secateur.attack.InfectedModel;
import io.secateur.attack.Infection;
import io.secateur.engine.Engine;
import io.secateur.format.Companions;
import io.secateur.format.FileHash;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.SelfDescription;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.Network;
import io.secateur.report.ContactSheet;
import io.secateur.report.ResultJson;
import io.secateur.run.AtomicFile;
import io.secateur.run.BadRunDirectory;
import io.secateur.run.PeakMemory;
import io.secateur.run.Progress;
import io.secateur.run.Provenance;
import io.secateur.run.Rules;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory;
import io.secateur.run.SeedTree;
import io.secateur.run.Stopwatch;
import io.secateur.train.Initialisation;
import io.secateur.train.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Trains a network, infected or clean, and writes it with all that belongs to it: the model, its
 * ground truth, a contact sheet of the trigger, and the result. While it goes on, a folder beside
 * the model keeps what an interrupted training needs; it goes when the model is written.
 */
public final class InfectRun {
  private static final List<String> COMPANIONS =
      List.of(
          ".result.json",
          ".sheet.png",
          ".truth.json",
          ".truth.png",
          ".truth.pattern.safetensors",
          ".truth.mask.safetensors");

  private final InfectRequest request;
  private final Progress progress;
  private Stopwatch epoch = Stopwatch.start();

  /** Whether the epoch under way began in another process. */
  private boolean resumed;

  private InfectRun(InfectRequest request, Progress progress) {
    this.request = request;
    this.progress = progress;
  }

  /**
   * Trains.
   *
   * @throws BadRunDirectory if the folder of the run cannot be used
   */
  public static InfectResult of(InfectRequest request, Progress progress) throws IOException {
    return new InfectRun(request, progress).run();
  }

  /** Whether an interrupted training is there that would go on as {@code request} asks. */
  public static boolean canResume(InfectRequest request) {
    Path folder = request.folder();
    if (!RunDirectory.unfinished(folder)) {
      return false;
    }
    Map<String, String> asked = new InfectRun(request, Progress.SILENT).fingerprint();
    try (RunDirectory run = RunDirectory.open(folder, asked, RunDirectory.Existing.RESUME)) {
      return run.resumed();
    } catch (BadRunDirectory e) {
      return false;
    }
  }

  private InfectResult run() throws IOException {
    String startedAt = Stopwatch.now();
    Path folder = request.folder();
    InfectResult result;
    try (RunDirectory run = RunDirectory.open(folder, fingerprint(), request.existing())) {
      resumed = run.resumed();
      InfectedModel trained = train(run);
      // What is measured is what is stored.
      Network stored =
          trained.network().withWeights(trained.network().weights().storedAs(request.elements()));
      trained = new InfectedModel(stored, trained.truth(), trained.poisoned(), trained.trained());
      result = write(run, trained, startedAt);
      run.finish();
    }
    Files.deleteIfExists(folder);
    return result;
  }

  private Map<String, String> fingerprint() {
    Map<String, String> fingerprint = new TreeMap<>(request.settings());
    fingerprint.put("attack", request.attack().name());
    fingerprint.put("architecture", request.architecture().name());
    fingerprint.put("preprocessing", request.preprocessing().toString());
    fingerprint.put("images.sha256", request.images().sha256());
    fingerprint.put("training", request.training().toString());
    fingerprint.put("elements", request.elements().toString());
    fingerprint.put("seed", String.valueOf(request.seed()));
    fingerprint.put("threads", String.valueOf(Engine.threads()));
    fingerprint.put("arithmetic", Engine.arithmetic());
    fingerprint.put("version", request.product());
    fingerprint.put(Rules.KEY, Rules.NUMBER);
    return fingerprint;
  }

  private InfectedModel train(RunDirectory run) {
    RunContext context = new RunContext(new SeedTree(request.seed()), progress, run);
    Network fresh =
        Initialisation.of(
            request.architecture(), request.preprocessing(), context.seeds().child("weights"));
    return Infection.of(
        fresh,
        request.attack(),
        request.images(),
        Trainer.of(request.training()).keepingEvery(request.secondsBetweenStates()),
        new Infection.Watch() {
          @Override
          public void begins() {
            epoch = Stopwatch.start();
          }

          @Override
          public String epoch(int number, double loss, Supplier<InfectedModel> model) {
            return watch(run, number, loss, model);
          }
        },
        context);
  }

  /** Measures an epoch's end, once; says it in a few words. */
  private String watch(RunDirectory run, int number, double loss, Supplier<InfectedModel> model) {
    double seconds = epoch.seconds();
    InfectResult.Epoch figures =
        run.once(
            key(number),
            InfectResult.Epoch.class,
            () -> {
              InfectedModel now = model.get();
              Optional<Evaluation> measured =
                  request
                      .watched()
                      .map(images -> Evaluator.evaluate(now.network(), images, now.truth()));
              return new InfectResult.Epoch(
                  number,
                  loss,
                  measured.map(m -> m.cleanAccuracy().value()),
                  measured.flatMap(Evaluation::trueAsr).map(asr -> asr.value()),
                  seconds,
                  resumed ? Optional.of(true) : Optional.empty());
            });
    epoch = Stopwatch.start();
    resumed = false;
    return words(figures);
  }

  private static String words(InfectResult.Epoch figures) {
    return figures.cleanAccuracy().map(ca -> String.format(Locale.ROOT, "CA %.1f", ca)).orElse("")
        + figures
            .attackSuccess()
            .map(asr -> String.format(Locale.ROOT, ", ASR %.1f", asr))
            .orElse("");
  }

  private static String key(int number) {
    return "epoch-" + number;
  }

  private InfectResult write(RunDirectory run, InfectedModel trained, String startedAt)
      throws IOException {
    Network network = trained.network();
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(SelfDescription.ARCHITECTURE, network.architecture().name());
    metadata.put(SelfDescription.PREPROCESSING, network.preprocessing().toString());
    ModelFile file =
        new ModelFile(
                ModelFile.Layout.SAFETENSORS, network.weights(), "", List.of(), metadata, Map.of())
            .holding(network, request.layout());
    deleteCompanions();
    AtomicFile.write(request.out(), out -> ModelFiles.write(file, out));
    Optional<GroundTruth> truth = Optional.empty();
    if (trained.truth().isPresent()) {
      // Read back, so that what is measured is the trigger that others will measure with.
      Path stored = request.beside(".truth.json");
      GroundTruthFile.write(stored, trained.truth().get(), request.elements());
      truth =
          Optional.of(
              GroundTruthFile.read(stored, request.images().shape(), request.images().classes()));
    }
    Network read = network.withWeights(ModelFiles.read(request.out()).weights());
    Optional<Evaluation> measured = measure(read, truth);
    if (truth.isPresent() && request.test().isPresent()) {
      byte[] sheet = ContactSheet.of(request.test().get(), truth.get());
      AtomicFile.write(request.beside(".sheet.png"), out -> out.write(sheet));
    }
    InfectResult result = result(run, trained, measured, startedAt);
    byte[] json = ResultJson.of(result).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(request.beside(".result.json"), out -> out.write(json));
    return result;
  }

  /** What something else left beside the model would be taken for this model's. */
  private void deleteCompanions() throws IOException {
    Files.deleteIfExists(Companions.layers(request.out()));
    for (String ending : COMPANIONS) {
      Files.deleteIfExists(request.beside(ending));
    }
  }

  private Optional<Evaluation> measure(Network network, Optional<GroundTruth> truth) {
    return request
        .test()
        .map(
            images -> {
              progress.begin("evaluate", Evaluator.passes(images, truth));
              Evaluation evaluation =
                  Evaluator.evaluate(network, images, truth, done -> progress.advance(done, ""));
              progress.end("CA " + evaluation.cleanAccuracy());
              return evaluation;
            });
  }

  private InfectResult result(
      RunDirectory run, InfectedModel trained, Optional<Evaluation> measured, String startedAt)
      throws IOException {
    List<InfectResult.Epoch> epochs = new ArrayList<>();
    for (int number = 1; number <= request.training().epochs(); number++) {
      epochs.add(
          run.once(
              key(number),
              InfectResult.Epoch.class,
              () -> {
                throw new IllegalStateException("every epoch was measured at its end");
              }));
    }
    double median = InfectResult.medianSeconds(epochs);
    Network network = trained.network();
    return new InfectResult(
        1,
        request.arguments(),
        request.attack().name(),
        new TreeMap<>(request.settings()),
        trained.poisoned(),
        new InfectResult.Model(
            String.valueOf(request.out().getFileName()),
            FileHash.sha256(request.out()),
            Files.size(request.out()),
            request.elements().name(),
            network.architecture().name(),
            network.preprocessing().toString()),
        new InfectResult.Data(
            request.images().name(), request.images().sha256(), request.images().size()),
        request.training().toString(),
        request.test().map(images -> images.name()),
        measured.map(Evaluation::cleanAccuracy),
        measured.flatMap(Evaluation::trueAsr),
        measured.flatMap(Evaluation::recoveryAccuracy),
        epochs,
        epochs.stream().mapToDouble(InfectResult.Epoch::seconds).sum(),
        request.images().size() / median,
        PeakMemory.bytes(),
        Provenance.collect(request.product(), Engine.version(), startedAt, request.seed()));
  }
}
