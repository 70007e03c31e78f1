package io.secateur.train;

import java.util.function.Supplier;

/** Is told after every epoch how training goes. */
@FunctionalInterface
public interface EpochWatch {
  /** Does not look. */
  EpochWatch NONE = (epoch, loss, trained) -> "";

  /**
   * An epoch is over.
   *
   * @param epoch from 1
   * @param loss mean over its batches
   * @param trained copies with the present weights, made only when asked for
   * @return a few words to show, such as a measured accuracy; may be empty
   */
  String epoch(int epoch, double loss, Supplier<Trained> trained);
}
