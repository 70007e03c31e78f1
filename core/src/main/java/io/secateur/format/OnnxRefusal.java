package io.secateur.format;

/** Ends the mapping of one node; the others are still looked at. */
final class OnnxRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OnnxRefusal(String reason) {
    super(reason);
  }
}
