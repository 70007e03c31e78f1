package io.secateur.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class MlflowRunTest {
  @TempDir private Path folder;
  private TrackingServer server;

  @BeforeEach
  void a_server() throws IOException {
    server = new TrackingServer();
  }

  @AfterEach
  void stopped() {
    server.close();
  }

  private MlflowRun run(Optional<String> token) {
    return new MlflowRun(new MlflowServer(server.address(), token), "my models", "repair");
  }

  @Test
  void a_run_is_created_filled_and_ended() throws IOException {
    MlflowRun run = run(Optional.of("secret"));
    run.setting("model", "m.pth");
    run.flush();
    run.figure("hunt: screening/norm", 12.5, 3);
    Path report = Files.writeString(folder.resolve("report é.html"), "<html>");
    run.file(report);
    run.end(Tracker.End.STOPPED);

    assertThat(server.calls())
        .map(call -> call.method() + " " + call.path().replaceFirst("/api/2.0/", ""))
        .containsExactly(
            "GET mlflow/experiments/get-by-name?experiment_name=my+models",
            "POST mlflow/experiments/create",
            "POST mlflow/runs/create",
            "POST mlflow/runs/log-batch",
            "PUT mlflow-artifacts/artifacts/7/run-1/artifacts/report__.html",
            "POST mlflow/runs/log-batch",
            "POST mlflow/runs/update");
    assertThat(server.calls()).allMatch(call -> call.authorization().equals("Bearer secret"));
    assertThat(server.calls("experiments/create").get(0).json().get("name").stringValue())
        .isEqualTo("my models");
    JsonNode created = server.calls("runs/create").get(0).json();
    assertThat(created.get("experiment_id").stringValue()).isEqualTo("7");
    assertThat(created.get("start_time").longValue()).isPositive();
    JsonNode settings = server.calls("runs/log-batch").get(0).json();
    assertThat(settings.get("run_id").stringValue()).isEqualTo("run-1");
    assertThat(settings.at("/params/0/key").stringValue()).isEqualTo("model");
    assertThat(settings.at("/params/0/value").stringValue()).isEqualTo("m.pth");
    JsonNode figure = server.calls("runs/log-batch").get(1).json().at("/metrics/0");
    assertThat(figure.get("key").stringValue()).isEqualTo("hunt_ screening/norm");
    assertThat(figure.get("value").doubleValue()).isEqualTo(12.5);
    assertThat(figure.get("step").longValue()).isEqualTo(3);
    assertThat(figure.get("timestamp").longValue()).isPositive();
    assertThat(server.stored().get(0).body()).isEqualTo("<html>");
    assertThat(server.calls("runs/update").get(0).json().get("status").stringValue())
        .isEqualTo("KILLED");
  }

  @Test
  void a_known_experiment_is_not_created_and_no_token_is_sent_unasked() throws IOException {
    server.knowingTheExperiment();
    run(Optional.empty()).end(Tracker.End.FINISHED);

    assertThat(server.calls("experiments/create")).isEmpty();
    assertThat(server.calls("runs/update").get(0).json().get("status").stringValue())
        .isEqualTo("FINISHED");
    assertThat(server.calls()).allMatch(call -> call.authorization().isEmpty());
  }

  @Test
  void many_figures_and_settings_go_in_batches_that_the_server_takes() throws IOException {
    MlflowRun run = run(Optional.empty());
    for (int i = 0; i < 250; i++) {
      run.setting("key" + i, "v".repeat(1000));
    }
    for (int i = 0; i < 1201; i++) {
      run.figure("loss", i, i);
    }
    run.end(Tracker.End.FINISHED);

    List<JsonNode> batches =
        server.calls("runs/log-batch").stream().map(TrackingServer.Call::json).toList();
    assertThat(batches).allMatch(batch -> batch.get("metrics").size() <= 1000);
    assertThat(batches).allMatch(batch -> batch.get("params").size() <= 100);
    assertThat(batches.stream().mapToInt(batch -> batch.get("metrics").size()).sum())
        .isEqualTo(1201);
    assertThat(batches.stream().mapToInt(batch -> batch.get("params").size()).sum()).isEqualTo(250);
    assertThat(batches.get(0).at("/params/0/value").stringValue()).hasSize(500);
  }

  @Test
  void files_stay_here_where_another_store_keeps_them() throws IOException {
    server.storingElsewhere();
    MlflowRun run = run(Optional.empty());
    run.file(Files.createFile(folder.resolve("report.html")));

    assertThat(server.stored()).isEmpty();
  }

  @Test
  void a_server_that_refuses_or_is_gone_is_named() throws IOException {
    server.answering(500);
    server.knowingTheExperiment();
    assertThatThrownBy(() -> run(Optional.empty()).flush())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("experiments/get-by-name with status 500");
    server.close();
    assertThatThrownBy(() -> run(Optional.empty()).flush())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("http://127.0.0.1")
        .hasMessageContaining("cannot be reached");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "localhost:5000", "ftp://host", "http://", "http://a@b", "http://h?q", "h t"})
  void what_is_no_address_of_a_server_is_refused(String address) {
    assertThatThrownBy(() -> new MlflowServer(address, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
