package io.secateur.fetch;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server on this machine that answers each request as the test says, the last way for ever. */
public final class ArchiveServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Deque<HttpHandler> script = new ArrayDeque<>();
  private final List<Headers> requests = Collections.synchronizedList(new ArrayList<>());

  private ArchiveServer(HttpServer server) {
    this.server = server;
  }

  public static ArchiveServer answering(HttpHandler... answers) throws IOException {
    return on(
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0), answers);
  }

  static ArchiveServer on(HttpServer created, HttpHandler... answers) {
    ArchiveServer server = new ArchiveServer(created);
    server.script.addAll(List.of(answers));
    created.createContext("/", server::answer);
    created.setExecutor(server.threads);
    created.start();
    return server;
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestHeaders());
    HttpHandler next;
    synchronized (script) {
      next = script.size() > 1 ? script.remove() : script.element();
    }
    try (exchange) {
      next.handle(exchange);
    }
  }

  /** The address of the archive. */
  public URI address() {
    return address("http");
  }

  URI address(String scheme) {
    return URI.create(scheme + "://localhost:" + server.getAddress().getPort() + "/archive.tar.gz");
  }

  /** The headers of the requests so far. */
  public List<Headers> requests() {
    return List.copyOf(requests);
  }

  /** The whole of {@code content}, and the rest of it where the request asks for that. */
  public static HttpHandler file(byte[] content, Map<String, String> headers) {
    return exchange -> send(exchange, content, headers, content.length, true);
  }

  /** The same, but the connection ends when so many bytes of the body have gone out. */
  public static HttpHandler cutAfter(int bytes, byte[] content, Map<String, String> headers) {
    return exchange -> send(exchange, content, headers, bytes, true);
  }

  /** The rest of whatever the file is now, although the request asks for that of a version. */
  static HttpHandler heedlessOfVersions(byte[] content, Map<String, String> headers) {
    return exchange -> send(exchange, content, headers, content.length, false);
  }

  /** The whole, whatever range the request asks for. */
  static HttpHandler withoutRanges(byte[] content, int bytes) {
    return exchange -> {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content, 0, bytes);
      exchange.getResponseBody().flush();
    };
  }

  /** No body. */
  public static HttpHandler status(int status, Map<String, String> headers) {
    return exchange -> {
      headers.forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(status, -1);
    };
  }

  private static void send(
      HttpExchange exchange,
      byte[] content,
      Map<String, String> headers,
      int limit,
      boolean heeding)
      throws IOException {
    headers.forEach(exchange.getResponseHeaders()::set);
    String range = exchange.getRequestHeaders().getFirst("Range");
    String version = exchange.getRequestHeaders().getFirst("If-Range");
    int from = 0;
    if (range != null && (version == null || !heeding || headers.containsValue(version))) {
      from = Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    byte[] rest = Arrays.copyOfRange(content, from, content.length);
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, rest.length);
    OutputStream body = exchange.getResponseBody();
    body.write(rest, 0, Math.min(limit, rest.length));
    body.flush();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
