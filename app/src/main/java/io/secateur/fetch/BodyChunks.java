package io.secateur.fetch;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response, piece by piece, for a reader that never waits for long: the client's own
 * stream knows no time limit. The reader asks for each piece, so that at most one waits.
 */
final class BodyChunks implements Flow.Subscriber<List<ByteBuffer>> {
  /** What the client said last. */
  sealed interface Signal {
    record Piece(List<ByteBuffer> content) implements Signal {}

    record End() implements Signal {}

    record Failure(Throwable cause) implements Signal {}
  }

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private Flow.@Nullable Subscription subscription;
  private boolean cancelled;

  /** The next piece or the end, or nothing if none came in so many milliseconds. */
  Optional<Signal> next(long milliseconds) throws InterruptedException {
    return Optional.ofNullable(signals.poll(milliseconds, TimeUnit.MILLISECONDS));
  }

  /** Asks for the next piece. */
  synchronized void more() {
    if (subscription != null) {
      subscription.request(1);
    }
  }

  /** Closes the connection unless all has come. */
  synchronized void cancel() {
    cancelled = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (cancelled) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> content) {
    signals.add(new Signal.Piece(content));
  }

  @Override
  public void onError(Throwable cause) {
    signals.add(new Signal.Failure(cause));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal.End());
  }
}
