package io.secateur.experiment;

import io.secateur.attack.Attack;
import io.secateur.attack.Attacks;
import io.secateur.bench.AttackSettings;
import io.secateur.bench.BadSetting;
import io.secateur.bench.InfectRequest;
import io.secateur.bench.InfectRun;
import io.secateur.bench.Zoo;
import io.secateur.data.BadData;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.experiment.Plan.ModelEntry;
import io.secateur.experiment.Plan.TrainEntry;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelSource;
import io.secateur.nn.Architecture;
import io.secateur.nn.ElementType;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.run.Progress;
import io.secateur.run.Rules;
import io.secateur.run.RunDirectory;
import io.secateur.text.Hash;
import io.secateur.train.Schedule;
import io.secateur.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The trainings of a plan. They are checked when they are listed, so that none fails for what could
 * be known before the first.
 */
final class Trainings {
  private static final double SECONDS_BETWEEN_STATES = 60;
  private static final int RECIPE_LENGTH = 8;

  private final Plan plan;
  private final Path planFolder;
  private final Zoo zoo;
  private final Path folder;
  private final String product;
  private final DataSpec data;
  private final ImageSet images;

  /**
   * Trainings of {@code plan}; reads the images that they train on.
   *
   * @param planFolder what paths in the plan are relative to
   * @param folder for the models
   */
  Trainings(Plan plan, Path planFolder, Zoo zoo, Path folder, String product) {
    this.plan = plan;
    this.planFolder = planFolder;
    this.zoo = zoo;
    this.folder = folder;
    this.product = product;
    this.data = DataSpec.parse(plan.data(), Split.TRAIN).at(Split.TRAIN);
    this.images = data.load();
  }

  /**
   * One training.
   *
   * @param subject the model that comes of it, with the truth as if it were infected
   * @param settings of the attack, by key
   */
  record Training(
      Subject subject,
      Attack attack,
      Map<String, String> settings,
      Architecture architecture,
      TrainingSettings how,
      long seed) {
    /** Whether its model is there, whole. */
    boolean done() {
      Path file = subject.source().path();
      return Files.exists(file) && !Files.exists(file.resolveSibling(file.getFileName() + ".run"));
    }
  }

  /**
   * The trainings of {@code entry}: one for each attack, architecture and seed.
   *
   * @throws BadData if one cannot be as planned
   */
  List<Training> of(ModelEntry entry) {
    TrainEntry train = entry.train().orElseThrow();
    Optional<LoadedModel> clean = clean(train);
    List<Training> all = new ArrayList<>();
    for (String attack : train.attacks()) {
      for (String architecture : train.architectures()) {
        for (long seed : train.seeds()) {
          all.add(
              training(
                  entry,
                  train,
                  attack,
                  architecture,
                  seed,
                  clean.filter(model -> Attacks.needsCleanNetwork(attack))));
        }
      }
    }
    return all;
  }

  private Training training(
      ModelEntry entry,
      TrainEntry train,
      String attackName,
      String architectureName,
      long seed,
      Optional<LoadedModel> clean) {
    AttackSettings given = new AttackSettings(train.set());
    Attack attack = attack(given, attackName, clean);
    Map<String, String> settings = new TreeMap<>(given.used());
    clean.ifPresent(model -> settings.put("clean-model.sha256", model.sha256()));
    TrainingSettings how =
        TrainingSettings.FROM_SCRATCH
            .withEpochs(train.epochs())
            .withSchedule(new Schedule.OneCycle(train.learningRate()))
            .withAugmentation(attack.augmentation());
    check(attack, how.batchSize());
    String own = attackName + "-" + architectureName + "-" + seed;
    return new Training(
        subject(
            name(entry, own),
            own + "-" + recipe(attackName, settings, architectureName, how, seed)),
        attack,
        settings,
        architecture(architectureName),
        how,
        seed);
  }

  /** The entry's name, which others of the same entry must not have too. */
  private static String name(ModelEntry entry, String own) {
    return entry.name().map(name -> entry.count() > 1 ? name + "-" + own : name).orElse(own);
  }

  private Subject subject(String name, String stem) {
    return new Subject(
        name,
        ModelSource.of(folder.resolve(stem + ".safetensors")),
        Optional.of(folder.resolve(stem + ".truth.json")));
  }

  private Attack attack(AttackSettings given, String name, Optional<LoadedModel> clean) {
    try {
      return given.attack(name, clean.map(LoadedModel::network));
    } catch (BadSetting e) {
      throw new BadData(plan.name(), String.valueOf(e.getMessage()), "another attack");
    }
  }

  private void check(Attack attack, int batchSize) {
    int batch = Math.min(batchSize, images.size());
    if (batch < attack.leastBatch()) {
      throw new BadData(
          plan.name(),
          "no image of a batch of " + batch + " would bear the trigger of " + attack.name(),
          "batches of at least " + attack.leastBatch());
    }
    try {
      attack.check(images);
    } catch (IllegalArgumentException e) {
      throw new BadData(
          plan.name(), "attack " + attack.name() + ": " + e.getMessage(), "other settings or data");
    }
  }

  private Architecture architecture(String name) {
    try {
      return StockArchitectures.build(
          name, new StockArchitectures.Options(images.shape(), images.classes()));
    } catch (IllegalArgumentException e) {
      throw new BadData(plan.name(), "arch: " + e.getMessage(), "another architecture");
    }
  }

  private Optional<LoadedModel> clean(TrainEntry entry) {
    return entry
        .cleanModel()
        .map(
            name ->
                name.startsWith(Zoo.PREFIX)
                    ? zoo.model(name.substring(Zoo.PREFIX.length()))
                    : planFolder.resolve(name))
        .map(path -> ModelSource.of(path).load(images.shape()));
  }

  private Preprocessing preprocessing() {
    return data.kind() == DataSpec.Kind.CIFAR10 ? Preprocessing.CIFAR10 : Preprocessing.UNIT;
  }

  /**
   * Tells apart what is trained otherwise: a network of other images, another clean network or
   * older rules is not taken for this one.
   */
  private String recipe(
      String attack,
      Map<String, String> settings,
      String architecture,
      TrainingSettings how,
      long seed) {
    List<Object> all =
        List.of(
            attack,
            new TreeMap<>(settings),
            architecture,
            preprocessing(),
            images.sha256(),
            how,
            seed,
            product,
            Rules.NUMBER);
    return Hash.of(all.toString()).substring(0, RECIPE_LENGTH);
  }

  /**
   * Trains unless the model is there.
   *
   * @param says hears if what was begun of it is of no use
   */
  void make(Training training, Progress progress, Consumer<String> says) throws IOException {
    if (training.done()) {
      return;
    }
    Files.createDirectories(folder);
    InfectRequest request = request(training);
    if (Files.exists(request.folder()) && !InfectRun.canResume(request)) {
      // Nobody else needs it, and there is no option of bench to have it forgotten.
      says.accept(
          training.subject().name()
              + ": the training that was begun differs, such as in threads; it starts over");
      request = request.startingOver();
    }
    InfectRun.of(request, progress);
  }

  private InfectRequest request(Training training) {
    return new InfectRequest(
        training.attack(),
        training.settings(),
        training.architecture(),
        preprocessing(),
        images,
        Optional.empty(),
        Optional.of(data.at(Split.TEST).load()),
        training.how(),
        SECONDS_BETWEEN_STATES,
        ElementType.F32,
        ModelFile.Layout.SAFETENSORS,
        training.subject().source().path(),
        RunDirectory.Existing.RESUME,
        List.of(),
        training.seed(),
        product);
  }
}
