package io.secateur.spark;

import io.secateur.data.BadData;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;

/**
 * How Spark is asked to work. What the user gave as a system property, such as {@code
 * -Dspark.executor.memory=8g}, stays.
 */
final class SparkSettings {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String JARS = "spark.jars";

  /** As in {@code bin/secateur}: tensors live outside the heap. */
  private static final int HEAP_MEGABYTES = 2048;

  /** What YARN and Kubernetes are to set aside for tensors; other clusters do not ask. */
  private static final int NATIVE_MEGABYTES = 4096;

  /** Variables of {@code bin/secateur} that an executor needs as much as this process. */
  private static final List<String> INHERITED =
      List.of(
          "GOMP_SPINCOUNT",
          "OPENBLAS_THREAD_TIMEOUT",
          "THP_MEM_ALLOC_ENABLE",
          "MALLOC_ARENA_MAX",
          "MALLOC_MMAP_MAX_",
          "MALLOC_TRIM_THRESHOLD_",
          "MALLOC_TOP_PAD_");

  private SparkSettings() {}

  /**
   * Settings for cells of so many threads.
   *
   * @throws BadData if the workers have fewer cores
   */
  static SparkConf of(MasterAddress master, int threads, Map<String, String> environment) {
    SparkConf conf = new SparkConf();
    conf.setMaster(master.text());
    conf.setIfMissing("spark.app.name", "secateur");
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    if (master.isOnThisMachine()) {
      conf.setIfMissing("spark.driver.host", LOOPBACK);
      conf.setIfMissing("spark.driver.bindAddress", LOOPBACK);
    }
    if (master.kind() != MasterAddress.Kind.EMBEDDED) {
      executors(conf, master, threads, environment);
    }
    return conf;
  }

  private static void executors(
      SparkConf conf, MasterAddress master, int threads, Map<String, String> environment) {
    master
        .coresOfAWorker()
        .ifPresent(
            cores -> {
              if (cores < threads) {
                throw new BadData(
                    "--master " + master.text(),
                    "gives a worker fewer cores than a cell of the plan has threads",
                    "at least " + threads);
              }
            });
    // As many cores as one cell uses: an executor does one cell at a time, and no machine runs more
    // native threads than it lends cores.
    conf.setIfMissing("spark.task.cpus", String.valueOf(threads));
    conf.setIfMissing("spark.executor.cores", String.valueOf(threads));
    int heap = Math.min(HEAP_MEGABYTES, master.megabytesOfAWorker().orElse(HEAP_MEGABYTES));
    conf.setIfMissing("spark.executor.memory", heap + "m");
    conf.setIfMissing("spark.executor.memoryOverhead", NATIVE_MEGABYTES + "m");
    conf.setIfMissing(
        "spark.executor.extraJavaOptions",
        "-Dorg.bytedeco.javacpp.maxphysicalbytes=0 -Djava.awt.headless=true");
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", String.valueOf(threads));
    conf.setIfMissing("spark.executorEnv.OPENBLAS_NUM_THREADS", String.valueOf(threads));
    for (String name : INHERITED) {
      String value = environment.get(name);
      if (value != null) {
        conf.setIfMissing("spark.executorEnv." + name, value);
      }
    }
    if (master.kind() == MasterAddress.Kind.OWN_PROCESSES) {
      conf.setIfMissing(
          "spark.executorEnv.SPARK_DIST_CLASSPATH", System.getProperty("java.class.path", ""));
    } else {
      conf.set(JARS, jars(conf.get(JARS, "")));
      // Of some of them Spark has older versions.
      conf.setIfMissing("spark.executor.userClassPathFirst", "true");
    }
  }

  /** With those that {@code spark-submit} was given. */
  private static String jars(String given) {
    Set<String> all = new LinkedHashSet<>();
    for (Path jar : ProgramJars.all()) {
      all.add(jar.toUri().toString());
    }
    for (String jar : given.split(",")) {
      if (!jar.isBlank()) {
        all.add(jar.strip());
      }
    }
    return String.join(",", all);
  }
}
