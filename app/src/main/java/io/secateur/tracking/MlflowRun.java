package io.secateur.tracking;

import io.secateur.run.Stopwatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A run on an MLflow tracking server. Figures go in batches; files only where the server keeps
 * artifacts itself, for others have stores that only their own clients reach.
 */
public final class MlflowRun implements Tracker {
  private static final int BATCH = 500;
  private static final int SETTINGS_AT_ONCE = 100;
  private static final int LONGEST_VALUE = 500;
  private static final String KEPT_BY_SERVER = "mlflow-artifacts:";

  private final MlflowServer server;
  private final String experiment;
  private final String command;
  private final List<Map<String, Object>> settings = new ArrayList<>();
  private final List<Map<String, Object>> figures = new ArrayList<>();
  private Optional<Created> created = Optional.empty();

  /** What the server said of the run. */
  private record Created(String id, String artifacts) {}

  /** A run of {@code command}, made when the first is told. */
  public MlflowRun(MlflowServer server, String experiment, String command) {
    this.server = server;
    this.experiment = experiment;
    this.command = command;
  }

  @Override
  public String name() {
    return "--mlflow";
  }

  @Override
  public void setting(String key, String value) {
    String shown = value.length() > LONGEST_VALUE ? value.substring(0, LONGEST_VALUE) : value;
    settings.add(Map.of("key", key(key), "value", shown));
  }

  @Override
  public void figure(String tag, double value, long step) throws IOException {
    figures.add(
        Map.of("key", key(tag), "value", value, "timestamp", Stopwatch.millis(), "step", step));
    if (figures.size() == BATCH) {
      flush();
    }
  }

  @Override
  public void flush() throws IOException {
    String id = run().id();
    while (!settings.isEmpty() || !figures.isEmpty()) {
      List<Map<String, Object>> some =
          settings.subList(0, Math.min(SETTINGS_AT_ONCE, settings.size()));
      server.post(
          "runs/log-batch",
          Map.of("run_id", id, "params", List.copyOf(some), "metrics", List.copyOf(figures)));
      some.clear();
      figures.clear();
    }
  }

  @Override
  public void file(Path file) throws IOException {
    String store = run().artifacts();
    if (store.startsWith(KEPT_BY_SERVER)) {
      String path = store.substring(KEPT_BY_SERVER.length()).replaceFirst("^(//[^/]*)?/*", "");
      server.put(path + "/" + name(file), file);
    }
  }

  @Override
  public void end(End how) throws IOException {
    flush();
    String status = how == End.STOPPED ? "KILLED" : how.name();
    server.post(
        "runs/update",
        Map.of("run_id", run().id(), "status", status, "end_time", Stopwatch.millis()));
  }

  private Created run() throws IOException {
    if (created.isEmpty()) {
      Map<String, Object> asked = new LinkedHashMap<>();
      asked.put("experiment_id", experiment());
      asked.put("run_name", command);
      asked.put("start_time", Stopwatch.millis());
      asked.put("tags", List.of(Map.of("key", "mlflow.source.name", "value", "secateur")));
      JsonNode info = server.post("runs/create", asked).path("run").path("info");
      created = Optional.of(new Created(text(info, "run_id"), text(info, "artifact_uri")));
    }
    return created.get();
  }

  private String experiment() throws IOException {
    Optional<JsonNode> known = server.get("experiments/get-by-name", "experiment_name", experiment);
    return known.isPresent()
        ? text(known.get().path("experiment"), "experiment_id")
        : text(server.post("experiments/create", Map.of("name", experiment)), "experiment_id");
  }

  private static String text(JsonNode node, String key) throws IOException {
    JsonNode value = node.path(key);
    if (!value.isString()) {
      throw new IOException("the server's answer holds no " + key);
    }
    return value.stringValue();
  }

  private static String name(Path file) {
    return key(String.valueOf(file.getFileName())).replace(' ', '_');
  }

  /** As the server accepts keys. */
  private static String key(String text) {
    return text.replaceAll("[^A-Za-z0-9_. /-]", "_");
  }
}
