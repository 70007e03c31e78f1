package io.secateur.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.secateur.bench.YamlFile;
import io.secateur.data.BadData;
import io.secateur.defence.Policy;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark measures: every model under every defence, for every size of clean sample and
 * every seed.
 *
 * <pre>{@code
 * name: first
 * data: cifar10:cifar10
 * clean-size: 500
 * seeds: [0, 1, 2]
 * models:
 *   - zoo:badnets
 *   - {file: other.pth, truth: other.truth.json, name: other}
 *   - train: {attack: [badnets, blend], arch: resnet20, epochs: 10}
 * defences:
 *   - onp
 *   - {method: anp, name: anp-gentle, set: {anp-max-drop: [1, 2], hunt: false}}
 * }</pre>
 *
 * @param name of the experiment
 * @param data that the models are for, without a split: repairs draw from its {@code @defender}
 *     images and are measured on {@code @test}, trainings use {@code @train}
 * @param cleanSizes images that a defender has
 * @param models to repair
 * @param defences to repair with
 * @param seeds of the repairs
 * @param threads of each repair, as results depend on them; empty for all that the machine has
 * @param stress whether what was repaired is taught its backdoor again, as {@code repair} does
 * @param policy what counts as repaired
 */
public record Plan(
    String name,
    String data,
    List<Integer> cleanSizes,
    List<ModelEntry> models,
    List<DefenceEntry> defences,
    List<Long> seeds,
    OptionalInt threads,
    boolean stress,
    Policy policy) {
  private static final int SMALLEST_SAMPLE = 20;
  private static final int MOST_CELLS = 1_000_000;

  /** Rejects empty lists and values out of range. */
  public Plan {
    cleanSizes = List.copyOf(cleanSizes);
    models = List.copyOf(models);
    defences = List.copyOf(defences);
    seeds = List.copyOf(seeds);
    require(!models.isEmpty(), "models: expected at least one");
    require(!defences.isEmpty(), "defences: expected at least one");
    require(!seeds.isEmpty(), "seeds: expected at least one");
    require(!cleanSizes.isEmpty(), "clean-size: expected at least one");
    for (int size : cleanSizes) {
      require(
          size >= SMALLEST_SAMPLE,
          "clean-size is " + size + "; expected at least " + SMALLEST_SAMPLE);
    }
    require(
        threads.isEmpty() || threads.getAsInt() >= 1 && threads.getAsInt() <= 1024,
        "threads: expected 1 to 1024");
    require(
        cells(cleanSizes.size(), models, defences, seeds.size()) <= MOST_CELLS,
        "the plan has more than " + MOST_CELLS + " cells; expected at most that many");
  }

  private static double cells(
      int sizes, List<ModelEntry> models, List<DefenceEntry> defences, int seeds) {
    double subjects = models.stream().mapToDouble(ModelEntry::count).sum();
    double treatments =
        defences.stream()
            .mapToDouble(
                each -> each.count() * (each.seeds().isEmpty() ? seeds : each.seeds().size()))
            .sum();
    return subjects * treatments * sizes;
  }

  @JsonCreator
  static Plan of(
      @JsonProperty(value = "name", required = true) String name,
      @JsonProperty(value = "data", required = true) String data,
      @JsonProperty("clean-size") @Nullable List<Integer> cleanSizes,
      @JsonProperty(value = "models", required = true) List<ModelEntry> models,
      @JsonProperty(value = "defences", required = true) List<DefenceEntry> defences,
      @JsonProperty("seeds") @Nullable List<Long> seeds,
      @JsonProperty("threads") @Nullable Integer threads,
      @JsonProperty("stress") @Nullable Boolean stress,
      @JsonProperty("max-ca-drop") @Nullable Double maxCaDrop,
      @JsonProperty("max-asr") @Nullable Double maxAsr) {
    return new Plan(
        name,
        data,
        Objects.requireNonNullElse(cleanSizes, List.of(500)),
        models,
        defences,
        Objects.requireNonNullElse(seeds, List.of(0L)),
        threads == null ? OptionalInt.empty() : OptionalInt.of(threads),
        Objects.requireNonNullElse(stress, true),
        new Policy(
            Objects.requireNonNullElse(maxCaDrop, Policy.DEFAULT.maxCaDrop()),
            Objects.requireNonNullElse(maxAsr, Policy.DEFAULT.maxAsr())));
  }

  /**
   * A model to repair: a file, a network of the zoo, or one that is trained first.
   *
   * @param file path, relative to the plan, or {@code zoo:NAME}
   * @param name in tables; the file's, unless given; begins the names of several that are trained
   * @param truth ground truth, relative to the plan; that of the zoo, unless given
   * @param arch architecture, where the file does not tell
   * @param preprocess preprocessing, where the file does not tell
   * @param key where in a checkpoint the network stands
   * @param train how to train it; instead of a file
   */
  public record ModelEntry(
      Optional<String> file,
      Optional<String> name,
      Optional<String> truth,
      Optional<String> arch,
      Optional<String> preprocess,
      Optional<String> key,
      Optional<TrainEntry> train) {
    /** Rejects an entry that is neither or both. */
    public ModelEntry {
      require(
          file.isPresent() != train.isPresent(),
          "a model needs either 'file' or 'train', not both");
      if (train.isPresent()) {
        requireNone("truth", truth);
        requireNone("arch", arch);
        requireNone("preprocess", preprocess);
        requireNone("key", key);
      }
    }

    /** What is trained has a truth, an architecture and the rest from its training. */
    private static void requireNone(String setting, Optional<String> value) {
      require(
          value.isEmpty(),
          setting + " is '" + value.orElse("") + "' beside 'train'; expected only 'name' there");
    }

    /** Models that it stands for. */
    double count() {
      return train
          .map(
              each ->
                  1.0 * each.attacks().size() * each.architectures().size() * each.seeds().size())
          .orElse(1.0);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static ModelEntry of(String file) {
      return of(file, null, null, null, null, null, null);
    }

    @JsonCreator
    static ModelEntry of(
        @JsonProperty("file") @Nullable String file,
        @JsonProperty("name") @Nullable String name,
        @JsonProperty("truth") @Nullable String truth,
        @JsonProperty("arch") @Nullable String arch,
        @JsonProperty("preprocess") @Nullable String preprocess,
        @JsonProperty("key") @Nullable String key,
        @JsonProperty("train") @Nullable TrainEntry train) {
      return new ModelEntry(
          Optional.ofNullable(file),
          Optional.ofNullable(name),
          Optional.ofNullable(truth),
          Optional.ofNullable(arch),
          Optional.ofNullable(preprocess),
          Optional.ofNullable(key),
          Optional.ofNullable(train));
    }
  }

  /**
   * Models to train: one for each attack, architecture and seed. Their images are normalised as is
   * customary for the data.
   *
   * @param attacks as named by {@code infect --attack}
   * @param architectures stock ones
   * @param epochs times that every image is seen
   * @param learningRate highest, of one cycle
   * @param seeds of the trainings
   * @param set settings of the attack by key
   * @param cleanModel path or {@code zoo:NAME} of a clean network, for attacks that need one
   */
  public record TrainEntry(
      List<String> attacks,
      List<String> architectures,
      int epochs,
      double learningRate,
      List<Long> seeds,
      Map<String, String> set,
      Optional<String> cleanModel) {
    private static final int EPOCHS = 20;
    private static final double LEARNING_RATE = 0.1;

    /** Rejects values out of range. */
    public TrainEntry {
      attacks = List.copyOf(attacks);
      architectures = List.copyOf(architectures);
      seeds = List.copyOf(seeds);
      set = new LinkedHashMap<>(set);
      require(epochs >= 1, "epochs is " + epochs + "; expected at least 1");
      require(learningRate > 0, "learning-rate is " + learningRate + "; expected more than 0");
    }

    @JsonCreator
    static TrainEntry of(
        @JsonProperty(value = "attack", required = true) List<String> attacks,
        @JsonProperty(value = "arch", required = true) List<String> architectures,
        @JsonProperty("epochs") @Nullable Integer epochs,
        @JsonProperty("learning-rate") @Nullable Double learningRate,
        @JsonProperty("seeds") @Nullable List<Long> seeds,
        @JsonProperty("set") @Nullable Map<String, String> set,
        @JsonProperty("clean-model") @Nullable String cleanModel) {
      return new TrainEntry(
          attacks,
          architectures,
          Objects.requireNonNullElse(epochs, EPOCHS),
          Objects.requireNonNullElse(learningRate, LEARNING_RATE),
          Objects.requireNonNullElse(seeds, List.of(0L)),
          Objects.requireNonNullElse(set, Map.of()),
          Optional.ofNullable(cleanModel));
    }
  }

  /**
   * A defence, once for each combination of its settings.
   *
   * @param method as named by {@code repair --method}
   * @param name in tables; the method's, unless given
   * @param set settings of the method by key, each one value or several
   * @param paper as {@code repair --paper}
   * @param recover as {@code repair --recover}
   * @param seeds instead of the plan's; empty for those
   */
  public record DefenceEntry(
      String method,
      Optional<String> name,
      Map<String, List<String>> set,
      boolean paper,
      boolean recover,
      List<Long> seeds) {
    /** Copies the collections. */
    public DefenceEntry {
      set = new LinkedHashMap<>(set);
      seeds = List.copyOf(seeds);
    }

    private double count() {
      return set.values().stream().mapToDouble(List::size).reduce(1, (a, b) -> a * b);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static DefenceEntry of(String method) {
      return of(method, null, null, null, null, null);
    }

    @JsonCreator
    static DefenceEntry of(
        @JsonProperty(value = "method", required = true) String method,
        @JsonProperty("name") @Nullable String name,
        @JsonProperty("set") @Nullable Map<String, List<String>> set,
        @JsonProperty("paper") @Nullable Boolean paper,
        @JsonProperty("recover") @Nullable Boolean recover,
        @JsonProperty("seeds") @Nullable List<Long> seeds) {
      return new DefenceEntry(
          method,
          Optional.ofNullable(name),
          Objects.requireNonNullElse(set, Map.of()),
          Boolean.TRUE.equals(paper),
          Boolean.TRUE.equals(recover),
          Objects.requireNonNullElse(seeds, List.of()));
    }
  }

  /**
   * Reads a plan.
   *
   * @throws BadData naming the file, line and column, and what is wrong there
   */
  public static Plan read(Path file) {
    return YamlFile.read(file, Plan.class, "a plan");
  }

  /** Whether it has models trained. */
  public boolean trains() {
    return models.stream().anyMatch(model -> model.train().isPresent());
  }

  /** The same for data that lie elsewhere. */
  public Plan withData(String other) {
    return new Plan(name, other, cleanSizes, models, defences, seeds, threads, stress, policy);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
