package io.secateur.format;

/** The architecture that was asked for does not exist; the message says which do. */
public final class NoSuchArchitecture extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  NoSuchArchitecture(String message) {
    super(message);
  }
}
