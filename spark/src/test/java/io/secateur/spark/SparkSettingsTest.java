package io.secateur.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.BadData;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SparkSettingsTest {
  private static SparkConf of(String master, int threads) {
    return SparkSettings.of(
        MasterAddress.parse(master), threads, Map.of("GOMP_SPINCOUNT", "7", "HOME", "/root"));
  }

  @Test
  void an_embedded_cluster_listens_on_loopback_only_and_shows_no_pages() {
    SparkConf conf = of("local[2]", 1);

    assertThat(conf.get("spark.driver.host")).isEqualTo("127.0.0.1");
    assertThat(conf.get("spark.driver.bindAddress")).isEqualTo("127.0.0.1");
    assertThat(conf.get("spark.ui.enabled")).isEqualTo("false");
    assertThat(conf.contains("spark.jars")).isFalse();
  }

  @Test
  void an_executor_has_the_cores_of_one_cell_and_the_variables_of_this_process() {
    SparkConf conf = of("spark://10.0.0.1:7077", 3);

    assertThat(conf.get("spark.task.cpus")).isEqualTo("3");
    assertThat(conf.get("spark.executor.cores")).isEqualTo("3");
    assertThat(conf.get("spark.executorEnv.OMP_NUM_THREADS")).isEqualTo("3");
    assertThat(conf.get("spark.executorEnv.GOMP_SPINCOUNT")).isEqualTo("7");
    assertThat(conf.contains("spark.executorEnv.HOME")).isFalse();
    assertThat(conf.contains("spark.driver.host")).isFalse();
  }

  @Test
  void the_jars_of_the_program_are_sent_and_those_of_spark_are_not() {
    String jars = of("spark://10.0.0.1:7077", 1).get("spark.jars");

    assertThat(jars.split(","))
        .anyMatch(jar -> jar.endsWith("/secateur-spark.jar"))
        .anyMatch(jar -> jar.endsWith("/secateur-app.jar"))
        .anyMatch(jar -> jar.contains("/secateur-core"))
        .anyMatch(jar -> jar.matches(".*/pytorch-.*-\\w+-\\w+\\.jar"))
        .noneMatch(jar -> jar.contains("spark-core"));
  }

  @Test
  void what_the_user_set_stays() {
    System.setProperty("spark.executor.memory", "9g");
    System.setProperty("spark.jars", "/elsewhere/extra.jar");
    try {
      SparkConf conf = of("spark://10.0.0.1:7077", 1);

      assertThat(conf.get("spark.executor.memory")).isEqualTo("9g");
      assertThat(conf.get("spark.jars")).contains("/secateur-spark.jar,").endsWith("extra.jar");
    } finally {
      System.clearProperty("spark.executor.memory");
      System.clearProperty("spark.jars");
    }
  }

  @Test
  void workers_with_fewer_cores_than_a_cell_has_threads_are_refused() {
    assertThatThrownBy(() -> of("local-cluster[2,1,1024]", 2))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("local-cluster[2,1,1024]")
        .hasMessageContaining("at least 2");
  }
}
