package io.secateur.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.run.SeedTree;
import org.junit.jupiter.api.Test;

class InitialisationTest {
  private static final Architecture RESNET =
      StockArchitectures.build(
          "resnet18-w16", new StockArchitectures.Options(new FeatureShape(3, 32, 32), 10));

  private static Network fresh(long seed) {
    return Initialisation.of(RESNET, Preprocessing.UNIT, new SeedTree(seed));
  }

  @Test
  void convolutionsHaveTheVarianceOfHe() {
    float[] kernel = fresh(1).weights().get("layer4.0.conv1.weight").floats();
    double squares = 0;
    for (float value : kernel) {
      squares += value * value;
    }
    assertThat(squares / kernel.length).isCloseTo(2.0 / (9 * 128), within(0.0001));
  }

  @Test
  void batchNormBeginsAsIdentityAndLinearWithinItsBound() {
    var weights = fresh(1).weights();
    assertThat(weights.get("bn1.weight").floats()).containsOnly(1f);
    assertThat(weights.get("bn1.bias").floats()).containsOnly(0f);
    assertThat(weights.get("bn1.running_mean").floats()).containsOnly(0f);
    assertThat(weights.get("bn1.running_var").floats()).containsOnly(1f);
    assertThat(weights.get("bn1.num_batches_tracked").integers()).containsExactly(0);
    float bound = (float) (1 / Math.sqrt(128));
    for (float value : weights.get("linear.weight").floats()) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo(bound);
    }
  }

  @Test
  void theSeedDecides() {
    assertThat(fresh(1).weights()).isEqualTo(fresh(1).weights());
    assertThat(fresh(1).weights()).isNotEqualTo(fresh(2).weights());
  }
}
