package io.secateur.spark;

import io.secateur.experiment.CellWorkers;
import io.secateur.experiment.Cluster;

/** Apache Spark, embedded or elsewhere; found by {@link Cluster#onTheClassPath}. */
public final class SparkCluster implements Cluster {
  @Override
  public CellWorkers at(String master) {
    return new SparkWorkers(MasterAddress.parse(master));
  }
}
