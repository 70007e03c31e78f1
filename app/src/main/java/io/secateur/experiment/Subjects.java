package io.secateur.experiment;

import io.secateur.bench.Zoo;
import io.secateur.data.BadData;
import io.secateur.experiment.Plan.ModelEntry;
import io.secateur.experiment.Trainings.Training;
import io.secateur.format.ModelSource;
import io.secateur.nn.Preprocessing;
import io.secateur.run.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The models of a plan; those that are to be trained are, once. */
final class Subjects {
  private final Plan plan;
  private final Path planFolder;
  private final Zoo zoo;
  private final Optional<Trainings> trainings;
  private final List<Planned> planned;

  /**
   * Models of {@code plan}; what they need is looked for here, nothing is trained yet.
   *
   * @param planFolder what paths in the plan are relative to
   * @param trained folder for models that the plan trains
   * @throws BadData if two have one name, a file is missing, or a training cannot be as planned
   */
  Subjects(Plan plan, Path planFolder, Zoo zoo, Path trained, String product) {
    this.plan = plan;
    this.planFolder = planFolder;
    this.zoo = zoo;
    this.trainings =
        plan.trains()
            ? Optional.of(new Trainings(plan, planFolder, zoo, trained, product))
            : Optional.empty();
    this.planned = planned();
  }

  /** A model that is there, or how to make it. */
  private record Planned(Subject subject, Optional<Training> training) {}

  /** Names of all models. */
  List<String> names() {
    return planned.stream().map(each -> each.subject().name()).toList();
  }

  /** The models that are not trained by the plan. */
  List<Subject> files() {
    return planned.stream()
        .filter(each -> each.training().isEmpty())
        .map(Planned::subject)
        .toList();
  }

  /** Whether a model is still to be trained. */
  boolean someAreMissing() {
    return planned.stream().anyMatch(each -> each.training().filter(t -> !t.done()).isPresent());
  }

  /**
   * All models; whatever is missing of those to be trained is trained first.
   *
   * @param says hears what the user should know
   */
  List<Subject> all(Progress progress, Consumer<String> says) throws IOException {
    List<Subject> all = new ArrayList<>();
    for (Planned each : planned) {
      if (each.training().isPresent()) {
        trainings.orElseThrow().make(each.training().get(), progress, says);
        all.add(withTruthIfInfected(each.subject()));
      } else {
        all.add(each.subject());
      }
    }
    return all;
  }

  /** A training leaves a truth beside its model only if that is infected. */
  private static Subject withTruthIfInfected(Subject subject) {
    return new Subject(subject.name(), subject.source(), subject.truth().filter(Files::exists));
  }

  private List<Planned> planned() {
    List<Planned> all = new ArrayList<>();
    for (ModelEntry entry : plan.models()) {
      if (entry.train().isPresent()) {
        for (Training training : trainings.orElseThrow().of(entry)) {
          all.add(new Planned(training.subject(), Optional.of(training)));
        }
      } else {
        all.add(new Planned(file(entry, entry.file().orElseThrow()), Optional.empty()));
      }
    }
    Set<String> names = new HashSet<>();
    for (Planned each : all) {
      if (!names.add(each.subject().name())) {
        throw new BadData(
            plan.name(), "has two models called " + each.subject().name(), "a 'name' for each");
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
}
