package io.secateur.bench;

import io.secateur.data.BadData;
import io.secateur.format.FileHash;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.NetworkHash;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.prune.BadPlan;
import io.secateur.prune.Surgery;
import io.secateur.report.RepairResult;
import io.secateur.run.AtomicFile;
import io.secateur.run.SeedTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A plan done again on a model file, or taken back. */
public final class PlanReplay {
  /** Random images to compare on: no data are at hand. */
  private static final int IMAGES = 8;

  private PlanReplay() {}

  /**
   * What {@code apply} did.
   *
   * @param schemaVersion raised when a key changes its meaning
   * @param plan file that was followed
   * @param model file before
   * @param sha256 of the files before and after
   * @param pruned channels of the plan
   * @param parameters and {@code macs} of the networks before and after; not of one taken back
   * @param compact only if channels were to be taken out
   * @param files that were written, the model first
   */
  public record Result(
      int schemaVersion,
      String plan,
      String model,
      RepairResult.Hashes sha256,
      int pruned,
      Optional<RepairResult.Counts> parameters,
      Optional<RepairResult.Counts> macs,
      Optional<RepairResult.Compact> compact,
      List<String> files,
      List<String> notes) {
    /** The same with one more note. */
    public Result noting(String note) {
      List<String> more = new ArrayList<>(notes);
      more.add(note);
      return new Result(
          schemaVersion, plan, model, sha256, pruned, parameters, macs, compact, files, more);
    }
  }

  /**
   * Prunes {@code model} by the plan in {@code planFile} and writes it to {@code out}.
   *
   * @param force whether to do it if the plan was made for another file
   * @throws BadSetting if it was, and not {@code force}; naming both hashes
   * @throws BadData if the plan cannot be read or does not fit the network
   */
  public static Result apply(
      Path planFile, LoadedModel model, Path out, boolean compact, boolean force, long seed)
      throws IOException {
    return apply(PlanFile.read(planFile), planFile, model, out, compact, force, seed);
  }

  /** The same by a plan that came from {@code planFile}. */
  public static Result apply(
      PlanFile plan,
      Path planFile,
      LoadedModel model,
      Path out,
      boolean compact,
      boolean force,
      long seed)
      throws IOException {
    if (!force && !plan.model().is(model)) {
      throw new BadSetting(
          planFile
              + " was made for a "
              + plan.model().architecture()
              + " with SHA-256 "
              + plan.model().sha256()
              + ", "
              + model.path()
              + " has "
              + model.sha256()
              + "; expected "
              + plan.model().expected(model)
              + ", or --force");
    }
    List<String> notes = new ArrayList<>();
    if (plan.weightsTuned()) {
      notes.add(
          "the repair that made the plan tuned other weights too; the plan replays the pruning"
              + " alone");
    }
    Network before = model.network();
    try {
      PrunedFile written =
          PrunedFile.write(
              model,
              Surgery.apply(before, plan.plan()),
              plan.plan(),
              model.file().layout(),
              compact,
              out,
              images(before.architecture().input(), seed));
      return new Result(
          1,
          planFile.toString(),
          model.path().toString(),
          new RepairResult.Hashes(model.sha256(), Optional.of(FileHash.sha256(out))),
          (int) plan.channels().stream().map(c -> c.layer() + " " + c.index()).distinct().count(),
          Optional.of(
              new RepairResult.Counts(
                  ParameterCount.of(before.architecture()),
                  ParameterCount.of(written.network().architecture()))),
          Optional.of(
              new RepairResult.Counts(
                  before.architecture().macs(), written.network().architecture().macs())),
          written.compact(),
          written.files().stream().map(Path::toString).toList(),
          List.copyOf(notes));
    } catch (BadPlan e) {
      throw new BadData(
          planFile.toString(), String.valueOf(e.getMessage()), "a plan for this network");
    }
  }

  /**
   * Writes {@code pruned} to {@code out} with the weights that it had before the pruning, to the
   * bit. Only the values are those of the original file: what else a training program kept in it is
   * not.
   *
   * @param planOrUndo the undo file, or else the plan: then the undo file beside the model is taken
   * @param force whether to try if the undo file belongs to another model
   * @throws BadSetting if it does, and not {@code force}; naming both hashes
   * @throws io.secateur.format.BadModelFile if a file cannot be read or the two do not fit
   */
  public static Result undo(Path planOrUndo, Path pruned, Path out, boolean force)
      throws IOException {
    Path undo = isPlan(planOrUndo) ? UndoFile.beside(pruned) : planOrUndo;
    ModelFile original = UndoFile.undone(undo, pruned, force);
    AtomicFile.write(out, stream -> ModelFiles.write(original, stream));
    if (!NetworkHash.of(ModelFiles.read(out).weights())
        .equals(NetworkHash.of(original.weights()))) {
      Files.delete(out);
      throw new IOException(out + ": read back, it holds other weights; nothing was kept");
    }
    List<String> notes = new ArrayList<>();
    String after = FileHash.sha256(out);
    notes.add(
        after.equals(UndoFile.original(undo))
            ? "it is the original file, byte for byte"
            : "the weights are the original ones to the bit; the file around them was written anew");
    return new Result(
        1,
        undo.toString(),
        pruned.toString(),
        new RepairResult.Hashes(FileHash.sha256(pruned), Optional.of(after)),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(out.toString()),
        notes);
  }

  private static boolean isPlan(Path file) {
    return String.valueOf(file.getFileName()).endsWith(".json");
  }

  private static float[] images(FeatureShape shape, long seed) {
    RandomGenerator random = new SeedTree(seed).random("images");
    float[] images = new float[IMAGES * shape.size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    return images;
  }
}
