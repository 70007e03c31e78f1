package io.secateur.fetch;

import io.secateur.data.BadData;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.Stopwatch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One try to get what is missing of an archive: a request, its redirects, and the body. */
final class Transfer {
  private static final int SLICE_MILLIS = 200;
  private static final int MAX_REDIRECTS = 5;

  private final HttpClient client;
  private final DownloadRequest request;
  private final Progress progress;
  private final PartFile part;

  Transfer(HttpClient client, DownloadRequest request, PartFile part, Progress progress) {
    this.client = client;
    this.request = request;
    this.part = part;
    this.progress = progress;
  }

  private record Reply(Answer answer, BodyChunks body) {}

  /**
   * Appends what comes to the part until it is complete.
   *
   * @throws ConnectionLost if that did not succeed and another try may
   * @throws BadData if no other try will
   * @throws IOException naming the file if the part cannot be written
   */
  void run() throws IOException, ConnectionLost {
    progress.begin("connect", 1);
    Reply reply = ask();
    if (reply.answer() instanceof Answer.StartOver) {
      reply.body().cancel();
      part.startOver(Optional.empty());
      reply = ask();
    }
    try {
      if (reply.answer() instanceof Answer.Whole whole) {
        part.startOver(whole.validator());
      } else if (reply.answer() instanceof Answer.TryAgain later) {
        throw new ConnectionLost(later.cause(), true);
      } else if (reply.answer() instanceof Answer.Refused refused) {
        throw refused(refused.cause());
      }
      progress.end("");
      receive(reply.body());
    } finally {
      reply.body().cancel();
    }
  }

  /** The answer to a request for what is missing, after all redirects. */
  private Reply ask() throws IOException, ConnectionLost {
    URI asked = request.address();
    for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
      long from = part.length();
      Optional<String> validator = part.validator();
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> response = send(asked, from, validator);
      BodyChunks body = new BodyChunks();
      response.body().subscribe(body);
      Answer answer =
          Answer.of(
              response.statusCode(),
              response.headers(),
              asked,
              from,
              validator,
              request.archive().bytes());
      if (!(answer instanceof Answer.Moved moved)) {
        return new Reply(answer, body);
      }
      body.cancel();
      asked = moved.to();
    }
    throw refused("redirects more than " + MAX_REDIRECTS + " times");
  }

  private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(
      URI asked, long from, Optional<String> validator) throws ConnectionLost {
    HttpRequest.Builder get =
        HttpRequest.newBuilder(asked)
            .timeout(request.patience().connect().plus(request.patience().stall()))
            .header("Accept-Encoding", "identity");
    if (from > 0) {
      get.header("Range", "bytes=" + from + "-");
      validator.ifPresent(version -> get.header("If-Range", version));
    }
    CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response =
        client.sendAsync(get.build(), HttpResponse.BodyHandlers.ofPublisher());
    try {
      while (true) {
        try {
          return response.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          progress.advance(0, "");
        }
      }
    } catch (ExecutionException e) {
      throw ConnectionLost.of(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted();
    } finally {
      response.cancel(true);
    }
  }

  private void receive(BodyChunks body) throws IOException, ConnectionLost {
    long bytes = request.archive().bytes();
    long first = part.length();
    progress.begin("download, MB", Megabytes.of(bytes - first));
    Stopwatch silence = Stopwatch.start();
    while (true) {
      Optional<BodyChunks.Signal> signal = next(body);
      if (signal.isEmpty() && silence.seconds() > request.patience().stall().toMillis() / 1e3) {
        throw new ConnectionLost("nothing came any more", true);
      }
      if (signal.isPresent()) {
        silence = Stopwatch.start();
        if (signal.get() instanceof BodyChunks.Signal.Failure failure) {
          throw ConnectionLost.of(failure.cause());
        }
        if (signal.get() instanceof BodyChunks.Signal.End) {
          break;
        }
        if (signal.get() instanceof BodyChunks.Signal.Piece piece) {
          append(piece.content());
          body.more();
        }
      }
      progress.advance(Megabytes.of(part.length() - first), "");
    }
    if (part.length() < bytes) {
      throw new ConnectionLost("the connection ended early", true);
    }
    progress.end("");
  }

  private void append(List<ByteBuffer> content) throws IOException {
    for (ByteBuffer buffer : content) {
      if (part.length() + buffer.remaining() > request.archive().bytes()) {
        part.startOver(Optional.empty());
        throw refused("sends more than the file has");
      }
      part.append(buffer);
    }
  }

  private static Optional<BodyChunks.Signal> next(BodyChunks body) {
    try {
      return body.next(SLICE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Interrupted();
    }
  }

  private BadData refused(String cause) {
    return new BadData(
        request.address().toString(),
        cause,
        request.archive().file()
            + " of "
            + request.archive().bytes()
            + " bytes (--from names another place)");
  }
}
