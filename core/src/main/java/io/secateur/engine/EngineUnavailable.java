package io.secateur.engine;

/**
 * The tensor engine's libraries cannot be unpacked or loaded on this machine. The message is one
 * line: what is wrong, what would be accepted.
 */
public final class EngineUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EngineUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
