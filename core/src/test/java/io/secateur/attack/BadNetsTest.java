package io.secateur.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.ImageSet;
import io.secateur.data.Shapes;
import io.secateur.data.Split;
import io.secateur.metric.Stamp;
import io.secateur.metric.Target;
import io.secateur.nn.FeatureShape;
import io.secateur.run.RunContext;
import io.secateur.train.Batch;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BadNetsTest {
  private static final ImageSet CLEAN = new Shapes(3).images(Split.TRAIN, 200);
  private static final BadNets ATTACK =
      new BadNets(BadNets.Pattern.CHECKERBOARD, new DirtyLabel(4, 0.1));
  private static final RunContext RUN = RunContext.quiet(5);

  private static Batch all(Poisoning poisoning) {
    return poisoning.training().load(CLEAN.indices(), new Random(0));
  }

  @Test
  void exactlyTheRateIsStampedAndRelabelledAndNothingElseChanges() {
    Poisoning poisoning = ATTACK.poison(CLEAN, RUN);
    Batch batch = all(poisoning);
    float[] clean = CLEAN.floats(CLEAN.indices());
    float[] triggered = ATTACK.trigger(CLEAN.shape()).on(clean);
    int size = CLEAN.shape().size();
    int stamped = 0;
    for (int i = 0; i < CLEAN.size(); i++) {
      float[] image = Arrays.copyOfRange(batch.images(), i * size, (i + 1) * size);
      float[] plain = Arrays.copyOfRange(clean, i * size, (i + 1) * size);
      if (Arrays.equals(image, plain)) {
        assertThat(batch.labels()[i]).isEqualTo(CLEAN.label(i));
      } else {
        stamped++;
        assertThat(image).containsExactly(Arrays.copyOfRange(triggered, i * size, (i + 1) * size));
        assertThat(batch.labels()[i]).isEqualTo(4);
      }
    }
    assertThat(stamped).isEqualTo(20).isEqualTo(poisoning.poisoned().applyAsInt(7));
    assertThat(poisoning.truth().apply(List.of()).orElseThrow().target())
        .isEqualTo(new Target.One(4));
  }

  @Test
  void theStampIsTheCheckerboardInTheCorner() {
    byte[] mask = ATTACK.trigger(CLEAN.shape()).mask();
    byte[] image = ATTACK.trigger(CLEAN.shape()).image();
    int covered = 0;
    for (byte m : mask) {
      covered += m == 0 ? 0 : 1;
    }
    assertThat(covered).isEqualTo(9);
    assertThat(mask[31 * 32 + 31]).isEqualTo((byte) 255);
    assertThat(image[29 * 32 + 31]).isEqualTo((byte) 255);
    assertThat(image[29 * 32 + 30]).isZero();
    assertThat(image[30 * 32 + 30]).isEqualTo((byte) 255);
    assertThat(image[2 * 1024 + 31 * 32 + 29]).isEqualTo((byte) 255);
  }

  @Test
  void theBullseyeIsMagentaAroundGreen() {
    Stamp stamp = new BadNets(BadNets.Pattern.BULLSEYE, DirtyLabel.DEFAULT).trigger(CLEAN.shape());
    byte[] image = stamp.image();
    int corner = 30 * 32 + 30;
    int centre = 28 * 32 + 28;
    assertThat(new byte[] {image[corner], image[1024 + corner], image[2048 + corner]})
        .containsExactly((byte) 255, (byte) 0, (byte) 255);
    assertThat(new byte[] {image[centre], image[1024 + centre], image[2048 + centre]})
        .containsExactly((byte) 0, (byte) 255, (byte) 0);
    assertThat(stamp.mask()[31 * 32 + 31]).isZero();
  }

  @Test
  void theSeedDecidesWhichImages() {
    assertThat(all(ATTACK.poison(CLEAN, RUN)).labels())
        .isEqualTo(all(ATTACK.poison(CLEAN, RUN)).labels())
        .isNotEqualTo(all(ATTACK.poison(CLEAN, RunContext.quiet(6))).labels());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new DirtyLabel(1, 0)).hasMessageContaining("rate");
    assertThatThrownBy(() -> ATTACK.trigger(new FeatureShape(1, 2, 2)))
        .hasMessageContaining("1x2x2");
    assertThatThrownBy(
            () -> new BadNets(BadNets.Pattern.SQUARE, new DirtyLabel(10, 0.1)).poison(CLEAN, RUN))
        .hasMessageContaining("target is label 10");
  }
}
