package io.secateur.cli;

import io.secateur.report.RepairResult;
import io.secateur.run.RunDirectory.Existing;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The folder that a run writes into. */
final class OutOptions {
  @Option(
      names = {"-o", "--out"},
      paramLabel = "DIR",
      required = true,
      description = "Folder for the results; an interrupted run in it goes on.")
  private Path out = Path.of("");

  @Option(
      names = "--no-resume",
      description = "Start over instead of going on with an interrupted run.")
  private boolean startOver;

  @Option(names = "--force", description = "Use the folder whatever it holds.")
  private boolean force;

  Path out() {
    return out;
  }

  Existing existing() {
    return force ? Existing.OVERWRITE : startOver ? Existing.RESTART : Existing.RESUME;
  }

  /** Refuses a folder that cannot be one, before anything expensive is done. */
  void check(Path model) {
    if (out.toString().isBlank()) {
      throw CommandFailure.usage("--out is empty; expected a folder");
    }
    Path folder = out.toAbsolutePath().normalize();
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw CommandFailure.usage("--out: " + out + ": is a file; expected a folder");
    }
    Path nearest = folder;
    while (nearest != null && !Files.exists(nearest)) {
      nearest = nearest.getParent();
    }
    if (nearest != null && !Files.isDirectory(nearest)) {
      throw CommandFailure.usage(
          "--out: "
              + out
              + ": cannot be written ("
              + nearest
              + " is a file); expected a folder that can");
    }
    if (nearest == null || !Files.isWritable(nearest)) {
      throw CommandFailure.usage(
          "--out: " + out + ": cannot be written (no permission); expected a folder that can");
    }
    Path source = model.toAbsolutePath().normalize();
    if (folder.equals(source.getParent())
        && RepairResult.isModelFile(source.getFileName().toString())) {
      throw CommandFailure.usage(
          "--out: " + out + ": the repaired file would replace the model; expected another folder");
    }
  }
}
