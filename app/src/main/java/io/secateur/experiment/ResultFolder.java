package io.secateur.experiment;

import io.secateur.data.BadData;
import io.secateur.report.ResultJson;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/**
 * The folder of a benchmark:
 *
 * <pre>
 *   plan.json          the cells that there are to be
 *   cells/ID.json      one result each: the truth, all tables come from these files
 *   failures/ID.json   what went wrong in cells without a result
 *   runs/ID/           state of cells that were begun, to go on from
 *   findings/          hunts, which methods on one suspect share
 *   models/            what the plan had trained
 *   leaderboard.*      tables, written anew after each run
 *   .lock              held by the process that is at work here
 * </pre>
 */
public final class ResultFolder {
  private static final String ENDING = ".json";
  private static final String PLAN = "plan.json";

  private final Path root;

  /** The benchmark in {@code root}, which need not exist. */
  public ResultFolder(Path root) {
    this.root = root;
  }

  /** The folder. */
  public Path root() {
    return root;
  }

  /** What keeps a second process out, not taken yet. */
  FolderLock lock() {
    return new FolderLock(root);
  }

  /** Where models that the plan trains lie. */
  Path models() {
    return root.resolve("models");
  }

  /** Where cells on one suspect keep what they find alike. */
  Path findings() {
    return root.resolve("findings");
  }

  /** Where the cell {@code id} is done. */
  Path run(String id) {
    return root.resolve("runs").resolve(id);
  }

  /**
   * The result of the cell {@code id}, if there is one.
   *
   * @throws BadData if its file is damaged
   */
  Optional<CellResult> result(String id) {
    return read(cell(id), CellResult.class);
  }

  /** Why the cell {@code id} failed, if it did. */
  Optional<CellFailure> failure(String id) {
    return read(failureFile(id), CellFailure.class);
  }

  /** Whether the cell {@code id} was begun and interrupted. */
  boolean begun(String id) {
    return Files.isDirectory(run(id));
  }

  /** Puts a result in place; one that is there already is the same and stays. */
  void keep(CellResult result) throws IOException {
    String id = result.cell().id();
    if (!Files.exists(cell(id))) {
      write(cell(id), result);
    }
    Files.deleteIfExists(failureFile(id));
    delete(run(id));
  }

  /** Puts a failure in place. */
  void keep(CellFailure failure) throws IOException {
    CellFailure placeless =
        new CellFailure(failure.cell().withoutPlaces(), failure.error(), failure.trace());
    write(failureFile(failure.cell().id()), placeless);
  }

  /** Remembers which cells there are to be. */
  void expect(PlannedCells cells) throws IOException {
    write(
        root.resolve(PLAN),
        new PlannedCells(cells.name(), cells.cells().stream().map(Cell::withoutPlaces).toList()));
  }

  /**
   * The cells that there are to be.
   *
   * @throws BadData if nothing was ever run here
   */
  public PlannedCells expected() {
    return read(root.resolve(PLAN), PlannedCells.class)
        .orElseThrow(
            () -> new BadData(root.toString(), "holds no " + PLAN, "the folder of a benchmark"));
  }

  /**
   * The results that there are of the cells that there are to be, in that order.
   *
   * @throws BadData if nothing was ever run here, or a file is damaged
   */
  public List<CellResult> results() {
    return expected().cells().stream().flatMap(cell -> result(cell.id()).stream()).toList();
  }

  /** The files of {@link #results()}. */
  List<Path> files() {
    return expected().cells().stream()
        .map(cell -> cell(cell.id()))
        .filter(Files::exists)
        .distinct()
        .toList();
  }

  /** Writes a table or page. */
  void write(String name, String text) throws IOException {
    Files.createDirectories(root);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(root.resolve(name), out -> out.write(bytes));
  }

  private Path cell(String id) {
    return root.resolve("cells").resolve(id + ENDING);
  }

  private Path failureFile(String id) {
    return root.resolve("failures").resolve(id + ENDING);
  }

  private static void write(Path file, Object value) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    byte[] json = (ResultJson.of(value) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(json));
  }

  private static <T> Optional<T> read(Path file, Class<T> type) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ResultJson.read(Files.readString(file, StandardCharsets.UTF_8), type));
    } catch (IOException | JacksonException e) {
      throw new BadData(
          file.toString(), "is damaged", "a result; delete it to have its cell done again");
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
