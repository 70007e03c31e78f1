package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProjectedGradientTest {
  private static final FeatureShape SHAPE = new FeatureShape(1, 1, 4);

  /** Towards the wish: two steps of 0.1, then the ball of 0.15, then the bounds of pixels. */
  @Test
  void it_steps_by_the_sign_and_stays_in_the_ball_and_in_range() {
    float[] start = {0.5f, 0.5f, 0.95f, 0.5f};

    float[] near =
        new ProjectedGradient(0.15, 0.1, 2)
            .descend(
                start,
                SHAPE,
                x -> x.sub(Tensor.of(new float[] {9, -9, 9, 0.5f}, 1, 1, 1, 4)).square().sum(),
                -1,
                () -> {});

    assertThat(near).containsExactly(new float[] {0.65f, 0.35f, 1f, 0.5f}, within(1e-6f));
    assertThat(start).containsExactly(0.5f, 0.5f, 0.95f, 0.5f);
  }

  @Test
  void it_stops_when_the_loss_is_low_enough() {
    float[] start = {0.5f, 0.5f, 0.5f, 0.5f};
    AtomicInteger steps = new AtomicInteger();

    float[] near =
        new ProjectedGradient(1, 0.1, 100)
            .descend(start, SHAPE, x -> x.square().sum(), 4 * 0.31 * 0.31, steps::incrementAndGet);

    assertThat(near).containsExactly(new float[] {0.3f, 0.3f, 0.3f, 0.3f}, within(1e-5f));
    assertThat(steps).hasValue(2);
  }
}
