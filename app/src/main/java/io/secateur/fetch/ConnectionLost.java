package io.secateur.fetch;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** A connection that did not come about, or ended before its time; the next try may do better. */
final class ConnectionLost extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean reached;

  /**
   * A loss.
   *
   * @param reason in a few words
   * @param reached whether the server was reached at all
   */
  ConnectionLost(String reason, boolean reached) {
    super(reason);
    this.reached = reached;
  }

  boolean reached() {
    return reached;
  }

  /** What the client threw while it connected or waited for an answer. */
  static ConnectionLost of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return new ConnectionLost("the host is unknown", false);
      }
    }
    if (failure instanceof HttpConnectTimeoutException) {
      return new ConnectionLost("no connection came about in time", false);
    }
    if (failure instanceof SSLException) {
      return new ConnectionLost(reason("the connection is not secure", failure), false);
    }
    if (failure instanceof ConnectException) {
      return new ConnectionLost(reason("the connection is refused", failure), false);
    }
    if (failure instanceof HttpTimeoutException) {
      return new ConnectionLost("no answer came in time", true);
    }
    return new ConnectionLost(reason("the connection broke off", failure), true);
  }

  private static String reason(String kind, Throwable failure) {
    return failure.getMessage() == null ? kind : kind + " (" + failure.getMessage() + ")";
  }
}
