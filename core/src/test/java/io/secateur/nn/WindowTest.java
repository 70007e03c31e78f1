package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class WindowTest {

  @Test
  void a_window_larger_than_its_padded_input_yields_nothing() {
    assertThat(Window.square(2, 2, 0).outputHeight(1)).isZero();
    assertThat(Window.square(5, 2, 0).outputWidth(4)).isZero();
    assertThat(Window.square(3, 2, 1).outputHeight(32)).isEqualTo(16);
  }

  @Test
  void a_pool_larger_than_its_input_is_refused_by_name() {
    var net = new ArchitectureBuilder("small", new FeatureShape(1, 1, 1));

    assertThatThrownBy(
            () -> net.add("pool", new Layer.MaxPool(Window.square(2, 2, 0)), net.input()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'pool'");
  }
}
