package io.secateur.experiment;

import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceLoader;

/** Workers on other machines; an implementation comes with a module of its own, or not at all. */
public interface Cluster {
  /**
   * Workers of the cluster at {@code master}.
   *
   * @throws IllegalArgumentException if it is no address of a cluster
   */
  CellWorkers at(String master);

  /** The implementation on the class path. */
  static Optional<Cluster> onTheClassPath() {
    Iterator<Cluster> found = ServiceLoader.load(Cluster.class).iterator();
    return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
  }
}
