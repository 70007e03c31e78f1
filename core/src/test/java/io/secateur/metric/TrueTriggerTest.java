package io.secateur.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.secateur.nn.FeatureShape;
import org.junit.jupiter.api.Test;

class TrueTriggerTest {
  private static final FeatureShape TWO_PIXELS = new FeatureShape(2, 1, 2);

  /** Two channels of two pixels each: 0, 255 | 51, 102. */
  private static final byte[] IMAGE = {0, (byte) 255, 51, 102};

  /** Two images. */
  private static final float[] X = {0.5f, 0.5f, 0.5f, 0.5f, 1f, 0f, 0.9f, 0.2f};

  @Test
  void a_stamp_replaces_what_its_mask_covers_in_every_channel() {
    TrueTrigger stamp = new Stamp(TWO_PIXELS, IMAGE, new byte[] {0, (byte) 255});

    assertThat(stamp.on(X)).containsExactly(0.5f, 1f, 0.5f, 0.4f, 1f, 1f, 0.9f, 0.4f);
  }

  @Test
  void a_translucent_stamp_mixes_by_its_mask() {
    TrueTrigger stamp = new Stamp(TWO_PIXELS, IMAGE, new byte[] {51, 0});

    float[] triggered = stamp.on(X);

    assertThat(triggered[0]).isCloseTo(0.8f * 0.5f, within(1e-6f));
    assertThat(triggered[2]).isCloseTo(0.8f * 0.5f + 0.2f * 0.2f, within(1e-6f));
    assertThat(triggered[1]).isEqualTo(0.5f);
  }

  @Test
  void an_added_trigger_is_clipped() {
    TrueTrigger add = new Add(TWO_PIXELS, IMAGE);

    assertThat(add.on(X))
        .containsExactly(new float[] {0.5f, 1f, 0.7f, 0.9f, 1f, 1f, 1f, 0.6f}, within(1e-6f));
  }

  /** 128 changes nothing; 0, 255, 51, 102 change by −128, 127, −77 and −26 bytes. */
  @Test
  void an_added_trigger_with_an_offset_also_darkens() {
    TrueTrigger add = new Add(TWO_PIXELS, IMAGE, 128, Add.Overflow.CLIP);
    float[] grey = {128 / 255f, 128 / 255f, 128 / 255f, 100 / 255f};

    assertThat(add.on(grey))
        .containsExactly(new float[] {0, 1, 51 / 255f, 74 / 255f}, within(1e-6f));
    assertThat(add.on(new float[] {0.1f, 0.9f, 0.1f, 0.05f}))
        .containsExactly(new float[] {0, 1, 0, 0}, within(1e-6f));
  }

  @Test
  void sums_that_wrap_around_are_taken_modulo_256() {
    TrueTrigger add = new Add(TWO_PIXELS, IMAGE, 0, Add.Overflow.WRAP);
    float[] bytes = {10 / 255f, 10 / 255f, 200 / 255f, 200 / 255f};

    assertThat(add.on(bytes))
        .containsExactly(new float[] {10 / 255f, 9 / 255f, 251 / 255f, 46 / 255f}, within(1e-6f));
  }

  @Test
  void a_blend_weighs_image_and_trigger() {
    TrueTrigger blend = new Blend(TWO_PIXELS, IMAGE, 0.25);

    assertThat(blend.on(X))
        .containsExactly(
            new float[] {0.375f, 0.625f, 0.425f, 0.475f, 0.75f, 0.25f, 0.725f, 0.25f},
            within(1e-6f));
  }

  @Test
  void the_given_images_stay_as_they_are() {
    float[] images = X.clone();

    new Add(TWO_PIXELS, IMAGE).on(images);

    assertThat(images).containsExactly(X);
  }

  @Test
  void wrong_sizes_and_weights_are_refused() {
    assertThatThrownBy(() -> new Add(TWO_PIXELS, new byte[3]))
        .hasMessage("3 bytes are no image of 2x1x2");
    assertThatThrownBy(() -> new Add(TWO_PIXELS, IMAGE, 256, Add.Overflow.CLIP))
        .hasMessageContaining("got 256");
    assertThatThrownBy(() -> new Stamp(TWO_PIXELS, IMAGE, new byte[4]))
        .hasMessage("4 bytes are no mask for 2x1x2");
    assertThatThrownBy(() -> new Blend(TWO_PIXELS, IMAGE, 1.5))
        .hasMessage("alpha 1.5 is not in (0, 1]");
    assertThatThrownBy(() -> new Add(TWO_PIXELS, IMAGE).on(new float[5]))
        .hasMessage("5 values are no images of 2x1x2");
  }
}
