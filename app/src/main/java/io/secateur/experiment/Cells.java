package io.secateur.experiment;

import io.secateur.bench.BadSetting;
import io.secateur.bench.GroundTruthFile;
import io.secateur.bench.Method;
import io.secateur.data.BadData;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.Retuning;
import io.secateur.engine.Engine;
import io.secateur.experiment.Plan.DefenceEntry;
import io.secateur.format.FileHash;
import io.secateur.format.LoadedModel;
import io.secateur.format.NetworkHash;
import io.secateur.format.NoSuchArchitecture;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.Network;
import io.secateur.run.Rules;
import io.secateur.text.Hash;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A plan spread out: models × defences × settings × sizes × seeds. */
final class Cells {
  private static final int ID_LENGTH = 16;

  private final Plan plan;
  private final DataSpec data;
  private final ImageSet clean;
  private final ImageSet test;
  private final String product;

  private Cells(Plan plan, String product) {
    this.plan = plan;
    this.product = product;
    this.data = DataSpec.parse(plan.data(), Split.DEFENDER);
    this.clean = data.at(Split.DEFENDER).load();
    this.test = data.at(Split.TEST).load();
  }

  /**
   * The cells of {@code plan}, whatever its models.
   *
   * @throws BadData if the data cannot be read or are too few, or a defence does not take its
   *     settings
   */
  static Cells of(Plan plan, String product) {
    Cells cells = new Cells(plan, product);
    cells.checkSizes();
    cells.checkDefences();
    return cells;
  }

  private void checkSizes() {
    int images = clean.size();
    for (int size : plan.cleanSizes()) {
      if (size > images) {
        throw new BadData(plan.name(), "clean-size is " + size, "at most " + images);
      }
    }
  }

  private void checkDefences() {
    for (DefenceEntry entry : plan.defences()) {
      for (Map<String, String> set : combinations(entry.set())) {
        method(entry, set);
      }
    }
  }

  /**
   * Refuses what could not be told apart in tables.
   *
   * @param models their names
   */
  void checkTitles(List<String> models) {
    Set<String> titles = new HashSet<>();
    for (String model : models) {
      for (Treatment each : treatments()) {
        String title = Cell.title(model, name(each.entry(), each.set()), each.size(), each.seed());
        if (!titles.add(title)) {
          throw new BadData(
              plan.name(), "has two cells called " + title, "a 'name' for each defence");
        }
      }
    }
  }

  /**
   * Refuses a model that no cell could be made of.
   *
   * @throws BadData if its truth cannot be read, or it is none for the data
   */
  void check(Subject subject) {
    read(subject);
  }

  /**
   * The cells on {@code subjects}, cheap to compute: every model is read, none is run.
   *
   * @throws BadData if a model or its truth cannot be read
   */
  List<Cell> on(List<Subject> subjects) {
    List<Cell> cells = new ArrayList<>();
    for (Subject subject : subjects) {
      Measured measured = read(subject);
      for (Treatment each : treatments()) {
        cells.add(cell(subject, measured, each.entry(), each.set(), each.size(), each.seed()));
      }
    }
    return cells;
  }

  /** What is done to a model: a defence with one choice of its settings, a sample and a seed. */
  private record Treatment(DefenceEntry entry, Map<String, String> set, int size, long seed) {}

  private List<Treatment> treatments() {
    List<Treatment> all = new ArrayList<>();
    for (DefenceEntry entry : plan.defences()) {
      for (Map<String, String> set : combinations(entry.set())) {
        for (int size : plan.cleanSizes()) {
          for (long seed : entry.seeds().isEmpty() ? plan.seeds() : entry.seeds()) {
            all.add(new Treatment(entry, set, size, seed));
          }
        }
      }
    }
    return all;
  }

  /** What there is to know about a model before it is repaired. */
  private record Measured(
      LoadedModel model, Optional<GroundTruth> truth, Map<String, String> identity) {}

  private Measured read(Subject subject) {
    LoadedModel model;
    try {
      model = subject.source().load(clean.shape());
    } catch (NoSuchArchitecture e) {
      throw new BadData(subject.name(), "arch: " + e.getMessage(), "a model for the data");
    }
    Network network = model.network();
    Optional<GroundTruth> truth =
        subject.truth().map(file -> GroundTruthFile.read(file, test.shape(), test.classes()));
    Map<String, String> identity = new TreeMap<>();
    identity.put("model.sha256", model.sha256());
    identity.put("network.sha256", NetworkHash.of(network));
    identity.put("architecture", network.architecture().name());
    identity.put("preprocessing", network.preprocessing().toString());
    subject.truth().ifPresent(file -> identity.put("truth.sha256", truthHash(file)));
    identity.put("clean.sha256", clean.sha256());
    identity.put("test.sha256", test.sha256());
    return new Measured(model, truth, identity);
  }

  /** Hash of a truth and of the files beside it that belong to it. */
  private static String truthHash(Path file) {
    StringBuilder all = new StringBuilder(FileHash.sha256(file));
    GroundTruthFile.belongings(file).forEach(path -> all.append(FileHash.sha256(path)));
    return Hash.of(all.toString());
  }

  /** Every choice of one value for each key. */
  private static List<Map<String, String>> combinations(Map<String, List<String>> values) {
    List<Map<String, String>> all = List.of(Map.of());
    for (Map.Entry<String, List<String>> entry : values.entrySet()) {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> shorter : all) {
        for (String value : entry.getValue()) {
          Map<String, String> next = new LinkedHashMap<>(shorter);
          next.put(entry.getKey(), value);
          longer.add(next);
        }
      }
      all = longer;
    }
    return all;
  }

  private Cell cell(
      Subject subject,
      Measured measured,
      DefenceEntry entry,
      Map<String, String> set,
      int size,
      long seed) {
    Method method = method(entry, set);
    int threads = plan.threads().orElse(Engine.threads());
    Map<String, String> identity = new TreeMap<>(measured.identity());
    method.settings().forEach((key, value) -> identity.put("set." + key, value));
    identity.put("method", entry.method());
    identity.put("clean-size", String.valueOf(size));
    identity.put("policy", plan.policy().toString());
    identity.put("seed", String.valueOf(seed));
    identity.put("threads", String.valueOf(threads));
    if (plan.stress()) {
      // Without it a cell is what it was before there was a choice.
      identity.put("stress", Retuning.Settings.DEFAULT.toString());
    }
    identity.put("version", product);
    identity.put(Rules.KEY, Rules.NUMBER);
    identity.put("engine", Engine.version());
    return new Cell(
        Hash.of(identity.toString()).substring(0, ID_LENGTH),
        subject.name(),
        measured.truth().map(truth -> truth.attack().isEmpty() ? "unknown" : truth.attack()),
        name(entry, set),
        subject.source().path().toAbsolutePath().toString(),
        subject.truth().map(file -> file.toAbsolutePath().toString()),
        subject.source().architecture(),
        subject.source().preprocessing().map(Object::toString),
        subject.source().key(),
        place(),
        size,
        entry.method(),
        set,
        entry.paper(),
        entry.recover(),
        plan.policy().maxCaDrop(),
        plan.policy().maxAsr(),
        seed,
        threads,
        Optional.of(plan.stress()),
        identity);
  }

  /** The data as another process finds them. */
  private String place() {
    return data.kind() == DataSpec.Kind.SHAPES
        ? plan.data()
        : data.kind().label() + ":" + Path.of(data.location()).toAbsolutePath();
  }

  private Method method(DefenceEntry entry, Map<String, String> set) {
    try {
      return Method.of(entry.method(), set, entry.paper(), entry.recover(), plan.policy());
    } catch (BadSetting e) {
      throw new BadData(
          plan.name() + ": defence " + entry.method(), String.valueOf(e.getMessage()), "another");
    }
  }

  /** The entry's name; where settings vary, with those that do. */
  private static String name(DefenceEntry entry, Map<String, String> set) {
    StringBuilder name = new StringBuilder(entry.name().orElse(entry.method()));
    entry
        .set()
        .forEach(
            (key, values) -> {
              if (values.size() > 1) {
                name.append(' ').append(key).append('=').append(set.get(key));
              }
            });
    return name.toString();
  }
}
