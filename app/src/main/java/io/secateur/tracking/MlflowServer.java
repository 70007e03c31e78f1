package io.secateur.tracking;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An MLflow tracking server, as far as its REST interface is needed. Follows no redirects. */
public final class MlflowServer {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int NOT_FOUND = 404;
  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client;
  private final Duration patience;
  private final URI address;
  private final Optional<String> token;

  /**
   * The server at {@code address}.
   *
   * @param token sent with each request as a bearer token
   * @throws IllegalArgumentException saying what would be accepted
   */
  public MlflowServer(String address, Optional<String> token) {
    this(address, token, PATIENCE);
  }

  /** The same with {@code patience} for each request. */
  MlflowServer(String address, Optional<String> token, Duration patience) {
    this.patience = patience;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(patience)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.address = URI.create(address.replaceFirst("/+$", ""));
    this.token = token;
    String scheme = String.valueOf(this.address.getScheme());
    if (!(scheme.equals("http") || scheme.equals("https"))
        || this.address.getHost() == null
        || this.address.getUserInfo() != null
        || this.address.getQuery() != null
        || this.address.getFragment() != null) {
      throw new IllegalArgumentException(
          "'" + address + "'; expected http://HOST:PORT or https://HOST");
    }
  }

  /** The answer to a question; empty if there is no such thing. */
  Optional<JsonNode> get(String method, String key, String value) throws IOException {
    String query = "?" + key + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    HttpResponse<String> response =
        send(request("/api/2.0/mlflow/" + method + query).GET().build());
    return response.statusCode() == NOT_FOUND
        ? Optional.empty()
        : Optional.of(checked(method, response));
  }

  /** The answer to an order. */
  JsonNode post(String method, Map<String, ?> body) throws IOException {
    HttpRequest request =
        request("/api/2.0/mlflow/" + method)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
            .build();
    return checked(method, send(request));
  }

  /** Stores a file below a path of the artifacts that the server itself keeps. */
  void put(String path, Path file) throws IOException {
    HttpRequest request =
        request("/api/2.0/mlflow-artifacts/artifacts/" + path)
            .header("Content-Type", "application/octet-stream")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(Files.readAllBytes(file)))
            .build();
    checked(path, send(request));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request.timeout(patience);
  }

  /** The whole answer within the patience: the client's own limit ends with the headers. */
  private HttpResponse<String> send(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + address + " was asked", e);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new IOException(address + " did not answer within " + patience.toMillis() + " ms", e);
    } catch (ExecutionException e) {
      Throwable failure = e.getCause() == null ? e : e.getCause();
      String cause =
          failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
      throw new IOException(address + " cannot be reached (" + cause + ")", e);
    }
  }

  private JsonNode checked(String method, HttpResponse<String> response) throws IOException {
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          address + " answered " + method + " with status " + response.statusCode());
    }
    try {
      return JSON.readTree(response.body().isBlank() ? "{}" : response.body());
    } catch (JacksonException e) {
      throw new IOException(address + " answered " + method + " with no JSON", e);
    }
  }
}
