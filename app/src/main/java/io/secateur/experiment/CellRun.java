package io.secateur.experiment;

import io.secateur.bench.GroundTruthFile;
import io.secateur.bench.Method;
import io.secateur.bench.RepairRequest;
import io.secateur.bench.RepairRun;
import io.secateur.data.BadData;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.Policy;
import io.secateur.engine.Engine;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelSource;
import io.secateur.metric.GroundTruth;
import io.secateur.nn.Preprocessing;
import io.secateur.report.RepairResult;
import io.secateur.report.ResultJson;
import io.secateur.run.BadRunDirectory;
import io.secateur.run.Progress;
import io.secateur.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Does cells; images are read once. */
public final class CellRun {
  private final Map<String, ImageSet> images = new ConcurrentHashMap<>();

  /**
   * Does {@code cell}, or goes on with it where it was interrupted.
   *
   * @param folder of the run; what it holds when this returns is no longer needed
   * @param findings folder of what cells on one suspect find alike; empty if they share nothing
   * @throws BadData if model, truth or data are not those that the cell was made for
   */
  public CellResult run(Cell cell, Path folder, Optional<Path> findings, Progress progress)
      throws IOException {
    Path ended = folder.resolve(RepairResult.FILE);
    if (Files.exists(ended) && !RunDirectory.unfinished(folder)) {
      // Stopped after the run's end, before its result was kept.
      return result(cell, ResultJson.read(Files.readString(ended), RepairResult.class));
    }
    Engine.threads(cell.threads());
    ImageSet clean = images(cell, Split.DEFENDER);
    ImageSet test = images(cell, Split.TEST);
    Path file = Path.of(cell.file());
    LoadedModel read =
        new ModelSource(
                file,
                cell.architecture(),
                cell.preprocessing().map(Preprocessing::parse),
                cell.key())
            .load(clean.shape());
    LoadedModel model =
        new LoadedModel(
            Path.of(String.valueOf(file.getFileName())),
            read.file(),
            read.network(),
            read.sha256());
    same(cell, "model.sha256", model.sha256());
    same(cell, "clean.sha256", clean.sha256());
    same(cell, "test.sha256", test.sha256());
    Optional<GroundTruth> truth =
        cell.truth().map(text -> GroundTruthFile.read(Path.of(text), test.shape(), test.classes()));
    Policy policy = new Policy(cell.maxCaDrop(), cell.maxAsr());
    Method method = Method.of(cell.method(), cell.set(), cell.paper(), cell.recover(), policy);
    method.defence().check(model.network());
    Function<RunDirectory.Existing, RepairRequest> request =
        existing ->
            new RepairRequest(
                model,
                clean,
                cell.cleanSize(),
                method.defence(),
                method.settings(),
                OptionalInt.empty(),
                policy,
                Optional.of(test),
                truth,
                model.file().layout(),
                false,
                cell.stress().orElse(false),
                findings,
                folder,
                existing,
                cell.seed(),
                cell.identity().getOrDefault("version", ""));
    return result(cell, repaired(request, folder, progress));
  }

  /** Goes on with what was begun; not where a machine that takes sums otherwise began it. */
  private static RepairResult repaired(
      Function<RunDirectory.Existing, RepairRequest> request, Path folder, Progress progress)
      throws IOException {
    try {
      return RepairRun.of(request.apply(RunDirectory.Existing.RESUME), List.of(), progress);
    } catch (BadRunDirectory e) {
      if (!RunDirectory.unfinished(folder)) {
        throw e;
      }
      return RepairRun.of(request.apply(RunDirectory.Existing.RESTART), List.of(), progress);
    }
  }

  private static CellResult result(Cell cell, RepairResult repaired) {
    return new CellResult(CellResult.VERSION, cell.withoutPlaces(), repaired);
  }

  private ImageSet images(Cell cell, Split split) {
    DataSpec spec = DataSpec.parse(cell.data(), split).at(split);
    return images.computeIfAbsent(spec.toString(), text -> spec.load());
  }

  private static void same(Cell cell, String key, String here) {
    String there = cell.identity().getOrDefault(key, "");
    if (!there.equals(here)) {
      throw new BadData(cell.title(), key + " is " + here + " on this machine", there);
    }
  }
}
