package io.secateur.metric;

/**
 * A network yields infinity or no number, so that nothing it says can be measured. The message is
 * one line.
 */
public final class NonFiniteScores extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The network yields them on some of the images of this name. */
  public NonFiniteScores(String images) {
    super(
        "the network yields NaN or infinity on images of "
            + images
            + "; expected finite scores, as weights give that are not too large");
  }
}
