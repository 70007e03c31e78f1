package io.secateur.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class PeakMemoryTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void counts_everything_that_is_held_and_never_falls() {
    long before = PeakMemory.bytes().orElseThrow();
    byte[] block = new byte[64 << 20];
    for (int i = 0; i < block.length; i += 4096) {
      block[i] = 1;
    }
    long after = PeakMemory.bytes().orElseThrow();

    assertThat(before).isGreaterThan(Runtime.getRuntime().totalMemory() / 100);
    assertThat(after).isGreaterThanOrEqualTo(before).isGreaterThan(64 << 20);
    assertThat(block[4096]).isOne();
  }
}
