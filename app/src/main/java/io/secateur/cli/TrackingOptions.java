package io.secateur.cli;

import io.secateur.run.Progress;
import io.secateur.tracking.MlflowRun;
import io.secateur.tracking.MlflowServer;
import io.secateur.tracking.TensorBoardFile;
import io.secateur.tracking.Tracker;
import io.secateur.tracking.Tracking;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the course of a run is told besides; nowhere unless asked for. */
final class TrackingOptions {
  private static final String EXPERIMENT = "secateur";

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description = "Write the run's figures for TensorBoard too, in a new folder in DIR.")
  private @Nullable Path tensorboard;

  @Option(
      names = "--mlflow",
      paramLabel = "URI",
      description =
          "Send settings, figures and reports, not the model, to the MLflow tracking server at"
              + " http://HOST:PORT; experiment and token are those of MLFLOW_EXPERIMENT_NAME and"
              + " MLFLOW_TRACKING_TOKEN in the environment.")
  private @Nullable String mlflow;

  /** Refuses what cannot be, before anything is done. */
  void check() {
    if (tensorboard != null && Files.exists(tensorboard) && !Files.isDirectory(tensorboard)) {
      throw CommandFailure.usage(
          "--tensorboard: " + tensorboard + ": is a file; expected a folder");
    }
    server();
  }

  /**
   * Passes everything on to {@code progress}, and to whom the user named.
   *
   * @param settings what the run is asked for
   */
  Tracking start(String command, Map<String, String> settings, Progress progress, PrintWriter err) {
    List<Tracker> trackers = new ArrayList<>();
    if (tensorboard != null) {
      trackers.add(new TensorBoardFile(tensorboard, command));
    }
    server()
        .ifPresent(
            server ->
                trackers.add(
                    new MlflowRun(
                        server, variable("MLFLOW_EXPERIMENT_NAME").orElse(EXPERIMENT), command)));
    return new Tracking(
        trackers,
        settings,
        progress,
        warning -> {
          err.println("secateur: warning: " + Shown.text(warning));
          err.flush();
        });
  }

  private Optional<MlflowServer> server() {
    if (mlflow == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new MlflowServer(mlflow, variable("MLFLOW_TRACKING_TOKEN")));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--mlflow: " + e.getMessage());
    }
  }

  private static Optional<String> variable(String name) {
    return Optional.ofNullable(System.getenv(name)).filter(Predicate.not(String::isBlank));
  }
}
