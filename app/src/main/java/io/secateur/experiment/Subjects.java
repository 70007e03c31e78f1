package io.secateur.experiment;

import io.secateur.attack.Attack;
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
import io.secateur.format.ModelFile;
import io.secateur.format.ModelSource;
import io.secateur.nn.Architecture;
import io.secateur.nn.ElementType;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.run.Progress;
import io.secateur.run.RunDirectory;
import io.secateur.text.Hash;
import io.secateur.train.Schedule;
import io.secateur.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The models of a plan; those that are to be trained are, once. */
final class Subjects {
  private static final double SECONDS_BETWEEN_STATES = 60;

  private final Plan plan;
  private final Path planFolder;
  private final Zoo zoo;
  private final Path trained;
  private final String product;

  /**
   * Models of {@code plan}.
   *
   * @param planFolder what paths in the plan are relative to
   * @param trained folder for models that the plan trains
   */
  Subjects(Plan plan, Path planFolder, Zoo zoo, Path trained, String product) {
    this.plan = plan;
    this.planFolder = planFolder;
    this.zoo = zoo;
    this.trained = trained;
    this.product = product;
  }

  /** A model that is there, or how to make it. */
  private record Planned(Subject subject, Optional<Training> training) {}

  /** One training. */
  private record Training(TrainEntry entry, String attack, String architecture, long seed) {}

  /**
   * All models; whatever is missing of those to be trained is trained first.
   *
   * @throws BadData if two have one name, or a file is missing
   */
  List<Subject> all(Progress progress) throws IOException {
    List<Subject> all = new ArrayList<>();
    for (Planned planned : planned()) {
      if (planned.training().isPresent() && !exists(planned.subject())) {
        train(planned.training().get(), planned.subject().source().path(), progress);
      }
      Subject subject = planned.subject();
      boolean infected = subject.truth().filter(Files::exists).isPresent();
      all.add(
          planned.training().isPresent() && !infected
              ? new Subject(subject.name(), subject.source(), Optional.empty())
              : subject);
    }
    return all;
  }

  private static boolean exists(Subject subject) {
    Path file = subject.source().path();
    return Files.exists(file) && !Files.exists(file.resolveSibling(file.getFileName() + ".run"));
  }

  private List<Planned> planned() {
    List<Planned> all = new ArrayList<>();
    for (ModelEntry entry : plan.models()) {
      if (entry.train().isPresent()) {
        all.addAll(trainings(entry.train().get()));
      } else {
        all.add(new Planned(file(entry, entry.file().orElseThrow()), Optional.empty()));
      }
    }
    Set<String> names = new HashSet<>();
    for (Planned planned : all) {
      if (!names.add(planned.subject().name())) {
        throw new BadData(
            plan.name(), "has two models called " + planned.subject().name(), "a 'name' for each");
      }
    }
    return all;
  }

  private Subject file(ModelEntry entry, String file) {
    boolean fromZoo = file.startsWith(Zoo.PREFIX);
    String zooName = fromZoo ? file.substring(Zoo.PREFIX.length()) : "";
    Path path = fromZoo ? zoo.model(zooName) : planFolder.resolve(file);
    Optional<Path> truth =
        entry
            .truth()
            .map(planFolder::resolve)
            .or(() -> fromZoo ? zoo.truth(zooName) : Optional.empty());
    if (!Files.isRegularFile(path)) {
      throw new BadData(path.toString(), "does not exist", "a model file");
    }
    String name = entry.name().orElse(fromZoo ? zooName : stem(path));
    return new Subject(name, source(entry, path), truth);
  }

  /** A layer list lies beside the plan; any other architecture is a name. */
  private String layerList(String architecture) {
    boolean list = architecture.endsWith(".yaml") || architecture.endsWith(".yml");
    return list ? planFolder.resolve(architecture).toString() : architecture;
  }

  private ModelSource source(ModelEntry entry, Path path) {
    try {
      return new ModelSource(
          path,
          entry.arch().map(this::layerList),
          entry.preprocess().map(Preprocessing::parse),
          entry.key());
    } catch (IllegalArgumentException e) {
      throw new BadData(path.toString(), "preprocess: " + e.getMessage(), "another value");
    }
  }

  private static String stem(Path path) {
    String name = String.valueOf(path.getFileName());
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private List<Planned> trainings(TrainEntry entry) {
    List<Planned> all = new ArrayList<>();
    for (String attack : entry.attacks()) {
      for (String architecture : entry.architectures()) {
        for (long seed : entry.seeds()) {
          String name = attack + "-" + architecture + "-" + seed;
          String stem = name + "-" + recipe(entry, attack, architecture, seed);
          Path file = trained.resolve(stem + ".safetensors");
          all.add(
              new Planned(
                  new Subject(
                      name,
                      ModelSource.of(file),
                      Optional.of(trained.resolve(stem + ".truth.json"))),
                  Optional.of(new Training(entry, attack, architecture, seed))));
        }
      }
    }
    return all;
  }

  /** Tells apart what is trained otherwise: a model of an earlier plan is not taken for it. */
  private String recipe(TrainEntry entry, String attack, String architecture, long seed) {
    List<Object> all =
        List.of(
            attack,
            architecture,
            seed,
            entry.epochs(),
            entry.learningRate(),
            new TreeMap<>(entry.set()),
            entry.cleanModel(),
            plan.data(),
            product);
    return Hash.of(all.toString()).substring(0, 8);
  }

  private void train(Training training, Path file, Progress progress) throws IOException {
    try {
      InfectRun.of(request(training, file), progress);
    } catch (BadSetting e) {
      throw new BadData(plan.name(), String.valueOf(e.getMessage()), "another attack");
    }
  }

  private InfectRequest request(Training training, Path file) throws IOException {
    Files.createDirectories(trained);
    DataSpec data = DataSpec.parse(plan.data(), Split.TRAIN).at(Split.TRAIN);
    ImageSet images = data.load();
    TrainEntry entry = training.entry();
    AttackSettings settings = new AttackSettings(entry.set());
    Attack attack = settings.attack(training.attack(), clean(entry, images));
    TrainingSettings how =
        TrainingSettings.FROM_SCRATCH
            .withEpochs(entry.epochs())
            .withSchedule(new Schedule.OneCycle(entry.learningRate()))
            .withAugmentation(attack.augmentation());
    return new InfectRequest(
        attack,
        settings.used(),
        architecture(training, images),
        data.kind() == DataSpec.Kind.CIFAR10 ? Preprocessing.CIFAR10 : Preprocessing.UNIT,
        images,
        Optional.empty(),
        Optional.of(data.at(Split.TEST).load()),
        how,
        SECONDS_BETWEEN_STATES,
        ElementType.F32,
        ModelFile.Layout.SAFETENSORS,
        file,
        RunDirectory.Existing.RESUME,
        List.of(),
        training.seed(),
        product);
  }

  private Architecture architecture(Training training, ImageSet images) {
    try {
      return StockArchitectures.build(
          training.architecture(),
          new StockArchitectures.Options(images.shape(), images.classes()));
    } catch (IllegalArgumentException e) {
      throw new BadData(plan.name(), "arch: " + e.getMessage(), "another architecture");
    }
  }

  private Optional<Network> clean(TrainEntry entry, ImageSet images) {
    return entry
        .cleanModel()
        .map(
            name ->
                name.startsWith(Zoo.PREFIX)
                    ? zoo.model(name.substring(Zoo.PREFIX.length()))
                    : planFolder.resolve(name))
        .map(path -> ModelSource.of(path).load(images.shape()).network());
  }
}
