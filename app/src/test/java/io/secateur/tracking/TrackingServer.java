package io.secateur.tracking;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers as an MLflow server does, on this machine, and writes down what it is asked. */
public final class TrackingServer implements AutoCloseable {
  private static final String API = "/api/2.0/mlflow/";
  private static final String STORE = "/api/2.0/mlflow-artifacts/artifacts/";
  private static final JsonMapper JSON = new JsonMapper();

  private final List<Call> calls = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer server;
  private volatile boolean known;
  private volatile int status = 200;
  private volatile String artifacts = "mlflow-artifacts:/7/run-1/artifacts";

  /** A request: method, path with query, body, and what authorises it. */
  public record Call(String method, String path, String body, String authorization) {
    /** The body as JSON. */
    public JsonNode json() {
      return JSON.readTree(body);
    }
  }

  /** A server on a free port. */
  public TrackingServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Its address, with a slash at the end as people write it. */
  public String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  /** From now on every answer has this status. */
  public void answering(int code) {
    status = code;
  }

  void knowingTheExperiment() {
    known = true;
  }

  void storingElsewhere() {
    artifacts = "s3://bucket/7/run-1/artifacts";
  }

  /** What it was asked, in order. */
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Those to this part of its interface. */
  public List<Call> calls(String part) {
    return calls().stream().filter(call -> call.path().startsWith(API + part)).toList();
  }

  /** Those that store a file. */
  public List<Call> stored() {
    return calls().stream().filter(call -> call.path().startsWith(STORE)).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    calls.add(
        new Call(
            exchange.getRequestMethod(), path, body, authorization == null ? "" : authorization));
    int code = status;
    String reply = "{}";
    if (path.startsWith(API + "experiments/get-by-name")) {
      code = known ? status : 404;
      reply =
          known
              ? "{\"experiment\": {\"experiment_id\": \"7\"}}"
              : "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\"}";
    } else if (path.equals(API + "experiments/create")) {
      reply = "{\"experiment_id\": \"7\"}";
    } else if (path.equals(API + "runs/create")) {
      reply =
          "{\"run\": {\"info\": {\"run_id\": \"run-1\", \"artifact_uri\": \"" + artifacts + "\"}}}";
    }
    byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(code, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
