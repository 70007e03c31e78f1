package io.secateur.run;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Memory of a run that survives its end. Finished parts are stored whole; long searches store the
 * measurements that they are made of, so that a resumed search replays its own deterministic steps
 * from them and goes on with the same result. Trainings store the state that they are in.
 */
public interface Checkpoints {
  /** Remembers nothing. */
  Checkpoints NONE =
      new Checkpoints() {
        @Override
        public <T> T once(String key, Class<T> type, Supplier<T> compute) {
          return compute.get();
        }

        @Override
        public double[] measured(String log, Supplier<double[]> measure) {
          return measure.get();
        }
      };

  /**
   * The stored result under {@code key}, or that of {@code compute}, stored.
   *
   * @param key letters, digits, '.', '-' and '_'
   * @param type a record or array of plain values that survives JSON
   */
  <T> T once(String key, Class<T> type, Supplier<T> compute);

  /**
   * The next measurement of the append-only {@code log}: read back if an earlier run of the same
   * program got this far, else that of {@code measure}, appended.
   */
  double[] measured(String log, Supplier<double[]> measure);

  /** The last state kept under {@code key}; none unless overridden. */
  default Optional<byte[]> state(String key) {
    return Optional.empty();
  }

  /** Keeps {@code state} in the place of what was kept under {@code key}. */
  default void keep(String key, byte[] state) {}

  /** Whether states are kept, so that they are worth the making. */
  default boolean keepsStates() {
    return false;
  }

  /**
   * The memory for what every run on the same suspect finds alike; this one unless several runs
   * share one, see {@link SharedFindings}.
   */
  default Checkpoints inCommon() {
    return this;
  }

  /** Seconds that other runs spent on what this one took from them. */
  default double borrowedSeconds() {
    return 0;
  }

  /** A part of this memory with keys and logs of its own. */
  default Checkpoints under(String branch) {
    Checkpoints whole = this;
    return new Checkpoints() {
      @Override
      public <T> T once(String key, Class<T> type, Supplier<T> compute) {
        return whole.once(branch + "." + key, type, compute);
      }

      @Override
      public double[] measured(String log, Supplier<double[]> measure) {
        return whole.measured(branch + "." + log, measure);
      }

      @Override
      public Optional<byte[]> state(String key) {
        return whole.state(branch + "." + key);
      }

      @Override
      public void keep(String key, byte[] state) {
        whole.keep(branch + "." + key, state);
      }

      @Override
      public boolean keepsStates() {
        return whole.keepsStates();
      }

      @Override
      public Checkpoints inCommon() {
        return whole.inCommon().under(branch);
      }

      @Override
      public double borrowedSeconds() {
        return whole.borrowedSeconds();
      }
    };
  }
}
