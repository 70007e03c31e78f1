package io.secateur.format;

import java.nio.file.Path;

/**
 * A model file that cannot or must not be read or written: the message names the file and the
 * cause.
 */
public final class BadModelFile extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** {@code file} is refused because of {@code cause}, a phrase that can follow "model.pth: ". */
  public BadModelFile(Path file, String cause) {
    super(file + ": " + cause);
  }

  BadModelFile(Path file, String cause, Throwable origin) {
    super(file + ": " + cause, origin);
  }
}
