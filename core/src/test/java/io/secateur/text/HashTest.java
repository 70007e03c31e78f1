package io.secateur.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HashTest {
  /** Of FIPS 180-4, and of {@code printf 'ä' | sha256sum}. */
  @Test
  void is_what_others_compute() {
    assertThat(Hash.of("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Hash.of("ä"))
        .isEqualTo("33e6d73fee82904c8d7afb78de1154d1e8dc2a0edb08120e63df5b9385c2d9cc");
    assertThat(Hash.hex(Hash.sha256())).isEqualTo(Hash.of(""));
  }
}
