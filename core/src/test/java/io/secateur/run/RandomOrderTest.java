package io.secateur.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RandomOrderTest {
  /** Another order would change the results of every seed. */
  @Test
  void a_seed_gives_the_same_order_for_good() {
    int[] order = {0, 1, 2, 3, 4, 5, 6, 7};
    RandomOrder.shuffle(order, new SplittableRandom(7));
    assertThat(order).containsExactly(2, 7, 4, 3, 5, 6, 1, 0);
  }

  @Test
  void a_seed_gives_the_same_draw_for_good() {
    SplittableRandom random = new SplittableRandom(7);
    int[] values = {10, 11, 12, 13, 14, 15, 16, 17, 18, 19};

    assertThat(RandomOrder.draw(values, 4, random)).containsExactly(16, 17, 15, 10);
    assertThat(random.nextInt(1000)).as("four numbers were drawn").isEqualTo(205);
    assertThat(values).as("left as they are").isSorted();
  }
}
