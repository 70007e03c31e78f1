package io.secateur.experiment;

import io.secateur.data.DataSpec;
import io.secateur.data.Split;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One repair of a benchmark: plain values, so that it can be done by another process.
 *
 * @param id hash of {@code identity}: two cells of one id have one result
 * @param model name in tables
 * @param attack that the model was infected with; empty if it is clean
 * @param defence name in tables
 * @param file path of the model
 * @param truth path of its ground truth
 * @param architecture where the file does not tell
 * @param preprocessing where the file does not tell
 * @param key where in a checkpoint the network stands
 * @param data without a split
 * @param cleanSize images that the defender has
 * @param method as named by {@code repair --method}
 * @param set settings of the method that the plan gives
 * @param paper as {@code repair --paper}
 * @param recover as {@code repair --recover}
 * @param maxCaDrop of the policy, in points
 * @param maxAsr of the policy, in percent
 * @param seed of the repair
 * @param threads of the repair
 * @param stress whether what was repaired is taught its backdoor again; not in files of an earlier
 *     version, which never did
 * @param identity all that the result depends on: contents of files, settings given or not,
 *     versions
 */
public record Cell(
    String id,
    String model,
    Optional<String> attack,
    String defence,
    String file,
    Optional<String> truth,
    Optional<String> architecture,
    Optional<String> preprocessing,
    Optional<String> key,
    String data,
    int cleanSize,
    String method,
    Map<String, String> set,
    boolean paper,
    boolean recover,
    double maxCaDrop,
    double maxAsr,
    long seed,
    int threads,
    Optional<Boolean> stress,
    Map<String, String> identity) {
  /** Copies the maps. */
  public Cell {
    stress = stress == null ? Optional.empty() : stress;
    set = new TreeMap<>(set);
    identity = new TreeMap<>(identity);
  }

  /** The same without the places of this machine: files by name, data by kind. */
  public Cell withoutPlaces() {
    DataSpec spec = DataSpec.parse(data, Split.DEFENDER);
    return new Cell(
        id,
        model,
        attack,
        defence,
        fileName(file),
        truth.map(Cell::fileName),
        architecture.map(Cell::fileName),
        preprocessing,
        key,
        spec.kind() == DataSpec.Kind.SHAPES ? data : spec.kind().label(),
        cleanSize,
        method,
        set,
        paper,
        recover,
        maxCaDrop,
        maxAsr,
        seed,
        threads,
        stress,
        identity);
  }

  private static String fileName(String path) {
    return String.valueOf(Path.of(path).getFileName());
  }

  /** In a few words. */
  public String title() {
    return title(model, defence, cleanSize, seed);
  }

  /** The title of a cell of such a kind. */
  static String title(String model, String defence, int cleanSize, long seed) {
    return model + " · " + defence + " · " + cleanSize + " images · seed " + seed;
  }
}
