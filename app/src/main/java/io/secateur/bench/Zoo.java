package io.secateur.bench;

import io.secateur.data.BadData;
import io.secateur.format.FileHash;
import io.secateur.text.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The folder of networks that come with the program: {@code recipes.json} says how each is trained;
 * of those that are stored, {@code NAME.safetensors} is the model, {@code NAME.result.json} what
 * was measured, {@code NAME.truth.json} the truth, and {@code SHA256SUMS} holds the checksums of
 * all files.
 */
public final class Zoo {
  /** What a model's name begins with where a file's could stand. */
  public static final String PREFIX = "zoo:";

  private static final String RECIPES = "recipes.json";
  private static final String SUMS = "SHA256SUMS";
  private static final String MODEL = ".safetensors";
  private static final String RESULT = ".result.json";
  private static final String TRUTH = ".truth.json";
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Path folder;
  private final Map<String, Recipe> recipes;

  /**
   * How a network is made.
   *
   * @param about what is special about it, in a few words
   * @param cleanModel name of the clean network that the attack is made with, if it needs one
   * @param arguments of {@code infect}, without data and output
   */
  public record Recipe(String about, Optional<String> cleanModel, List<String> arguments) {
    /** Copies the list. */
    public Recipe {
      arguments = List.copyOf(arguments);
    }
  }

  private Zoo(Path folder, Map<String, Recipe> recipes) {
    this.folder = folder;
    this.recipes = recipes;
  }

  /**
   * Opens the zoo in {@code folder}.
   *
   * @throws BadData if there is none, or its recipes cannot be read
   */
  public static Zoo in(Path folder) {
    Path recipes = folder.resolve(RECIPES);
    if (!Files.isRegularFile(recipes)) {
      throw new BadData(folder.toString(), "holds no " + RECIPES, "the folder of the zoo");
    }
    try {
      return new Zoo(
          folder,
          JSON.readValue(
              Files.readAllBytes(recipes), new TypeReference<LinkedHashMap<String, Recipe>>() {}));
    } catch (IOException | JacksonException e) {
      throw new BadData(recipes.toString(), "cannot be read (" + Reason.of(e) + ")", "recipes");
    }
  }

  /** The one that comes with the program. */
  public static Zoo ofTheProgram() {
    return in(Path.of(System.getProperty("secateur.home", "."), "zoo"));
  }

  /** The recipes by name, in the order of the file. */
  public Map<String, Recipe> recipes() {
    return new LinkedHashMap<>(recipes);
  }

  /**
   * The recipe of {@code name}.
   *
   * @throws BadData if there is none
   */
  public Recipe recipe(String name) {
    Recipe recipe = recipes.get(name);
    if (recipe == null) {
      throw new BadData(
          PREFIX + name, "is not in the zoo", "one of " + String.join(", ", recipes.keySet()));
    }
    return recipe;
  }

  /** Whether the network itself is stored, not only its recipe. */
  public boolean stored(String name) {
    return Files.isRegularFile(file(name, MODEL));
  }

  /**
   * The model file of {@code name}.
   *
   * @throws BadData if it is not in the zoo, or only its recipe is
   */
  public Path model(String name) {
    recipe(name);
    if (!stored(name)) {
      throw new BadData(
          PREFIX + name,
          "is stored as a recipe only",
          "the file that 'zoo make " + name + "' writes");
    }
    return file(name, MODEL);
  }

  /** Its ground truth; empty if the network is clean. */
  public Optional<Path> truth(String name) {
    return Optional.of(file(name, TRUTH)).filter(Files::isRegularFile);
  }

  /**
   * What was measured when it was made; empty if it is not stored.
   *
   * @throws BadData if the file is damaged
   */
  public Optional<InfectResult> result(String name) {
    Path file = file(name, RESULT);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), InfectResult.class));
    } catch (IOException | JacksonException e) {
      throw new BadData(file.toString(), "cannot be read (" + Reason.of(e) + ")", "a result");
    }
  }

  private Path file(String name, String ending) {
    return folder.resolve(name + ending);
  }

  /**
   * Names of the files of a network whose checksum is not the one on record, or not on record at
   * all, or that are missing.
   *
   * @throws BadData if the list of checksums cannot be read
   */
  public List<String> damaged(String name) {
    Map<String, String> sums = checksums();
    Set<String> files = new TreeSet<>();
    sums.keySet().stream().filter(file -> file.startsWith(name + ".")).forEach(files::add);
    for (String ending : List.of(MODEL, RESULT, TRUTH)) {
      if (Files.isRegularFile(file(name, ending))) {
        files.add(name + ending);
      }
    }
    return files.stream()
        .filter(file -> !matches(folder.resolve(file), sums.getOrDefault(file, "")))
        .toList();
  }

  private static boolean matches(Path file, String sha256) {
    return Files.isRegularFile(file) && FileHash.sha256(file).equals(sha256);
  }

  /** As written by {@code sha256sum}: a checksum, two blanks, a file's name. */
  private Map<String, String> checksums() {
    Path file = folder.resolve(SUMS);
    Map<String, String> sums = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split("  ", 2);
        if (parts.length != 2 || parts[0].length() != 64 || parts[1].contains("/")) {
          throw new BadData(
              file.toString(), "has the line '" + line + "'", "a checksum, two blanks, a name");
        }
        sums.put(parts[1], parts[0]);
      }
      return sums;
    } catch (IOException e) {
      throw new BadData(
          file.toString(), "cannot be read (" + Reason.of(e) + ")", "the zoo's checksums");
    }
  }
}
