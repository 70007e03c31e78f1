package io.secateur.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.experiment.Cluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MasterAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "local",
        "local[1]",
        "local[16]",
        "local[*]",
        "local[4,2]",
        "local-cluster[2,1,1024]",
        "spark://host:7077",
        "spark://10.0.0.1:7077",
        "spark://a:7077,b:7077",
        "yarn",
        "k8s://https://host:6443"
      })
  void the_forms_that_spark_knows_are_taken(String text) {
    assertThat(MasterAddress.parse(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "local[]",
        "local[0]",
        "local[two]",
        "local[1",
        "local-cluster[2,1]",
        "spark://host",
        "spark://:7077",
        "http://host:7077",
        "yarn-client",
        "k8s://",
        "LOCAL"
      })
  void anything_else_is_refused_in_a_line_that_says_what_is_taken(String text) {
    assertThatThrownBy(() -> MasterAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("'" + text + "' is no address of a Spark cluster; expected local,")
        .hasMessageNotContaining("\n");
  }

  @Test
  void only_what_is_on_this_machine_is_said_to_be() {
    assertThat(MasterAddress.parse("local[*]").isOnThisMachine()).isTrue();
    assertThat(MasterAddress.parse("local-cluster[2,1,1024]").isOnThisMachine()).isTrue();
    assertThat(MasterAddress.parse("spark://127.0.0.1:7077").isOnThisMachine()).isTrue();
    assertThat(MasterAddress.parse("spark://localhost:7077").isOnThisMachine()).isTrue();
    assertThat(MasterAddress.parse("spark://10.0.0.1:7077").isOnThisMachine()).isFalse();
    assertThat(MasterAddress.parse("spark://127.0.0.1:1,10.0.0.1:1").isOnThisMachine()).isFalse();
    assertThat(MasterAddress.parse("yarn").isOnThisMachine()).isFalse();
  }

  @Test
  void the_program_finds_this_module_by_itself() {
    assertThat(Cluster.onTheClassPath()).containsInstanceOf(SparkCluster.class);
  }
}
