package io.secateur.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.nn.ElementType;
import io.secateur.nn.Network;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WeightPatchTest {
  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F32", "F16", "BF16"})
  void what_was_zeroed_or_removed_comes_back_to_the_bit(ElementType type) {
    for (long seed = 0; seed < 20; seed++) {
      Network network = stored(RandomGraphs.network(new Random(seed)), type);
      PruningPlan plan =
          new PruningPlan(
              PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0).units().stream()
                  .flatMap(unit -> unit.channels().stream())
                  .filter(c -> c.index() % 3 == 1)
                  .map(c -> new PrunedChannel(c.node(), c.index(), 1, "every third"))
                  .toList());
      Compaction compaction = Compaction.of(network, plan);
      Weights masked = Surgery.apply(network, plan).weights();

      Weights ofMasked = WeightPatch.between(network.weights(), masked, name -> Optional.empty());
      Weights ofCompact =
          WeightPatch.between(network.weights(), compaction.network().weights(), compaction::kept);

      assertSameBits(WeightPatch.restore(masked, ofMasked), network.weights());
      assertSameBits(
          WeightPatch.restore(compaction.network().weights(), ofCompact), network.weights());
      assertThat(ofMasked.parameters()).isLessThan(network.weights().parameters());
    }
  }

  @Test
  void a_negative_zero_and_counters_come_back_too() {
    Weights before =
        Weights.of(
            Map.of(
                "w", WeightTensor.ofFloats(new int[] {3}, new float[] {-0f, 1, 2}),
                "n", WeightTensor.ofIntegers(ElementType.I64, new int[0], new long[] {7})));
    Weights after =
        Weights.of(
            Map.of(
                "w", WeightTensor.ofFloats(new int[] {3}, new float[] {0, 1, 0}),
                "n", WeightTensor.ofIntegers(ElementType.I64, new int[0], new long[] {9})));

    Weights patch = WeightPatch.between(before, after, name -> Optional.empty());

    assertSameBits(WeightPatch.restore(after, patch), before);
    assertThat(patch.get("w#values").size()).isEqualTo(2);
    assertThat(WeightPatch.between(before, before, name -> Optional.empty()).names()).isEmpty();
  }

  @Test
  void a_patch_that_lies_is_refused_before_it_costs_memory() {
    Weights after = Weights.of(Map.of("w", WeightTensor.ofFloats(new int[] {2}, new float[2])));
    int huge = Integer.MAX_VALUE;

    refused(after, patch(new long[] {huge}, new long[] {0, huge - 2}, new long[0], 1));
    refused(after, patch(new long[] {3}, new long[] {0, huge}, new long[0], 1));
    refused(after, patch(new long[] {3}, new long[] {5, 1}, new long[0], 1));
    refused(after, patch(new long[] {2, 2}, new long[] {0, 1}, new long[0], 1));
    refused(after, patch(new long[] {3}, new long[] {0, 1}, new long[] {0, 1}, 2));
    refused(after, patch(new long[] {3}, new long[] {0, 1}, new long[] {1, 1}, 1));
    refused(after, patch(new long[] {3}, new long[] {1, 1, 0, 1}, new long[0], 2));
    refused(after, patch(new long[] {-1, -3}, new long[] {0, 1}, new long[0], 1));
    refused(
        Weights.of(Map.of("v", WeightTensor.ofFloats(new int[] {2}, new float[2]))),
        patch(new long[] {3}, new long[] {0, 1}, new long[0], 1));
    assertThat(
            WeightPatch.restore(after, patch(new long[] {3}, new long[] {0, 1}, new long[0], 1))
                .get("w")
                .floats())
        .containsExactly(1, 0, 0);
  }

  private static void refused(Weights after, Weights patch) {
    assertThatThrownBy(() -> WeightPatch.restore(after, patch))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("'w.*does not fit the model's tensor|it is about tensors .*");
  }

  private static Weights patch(long[] shape, long[] gone, long[] changed, int values) {
    float[] ones = new float[values];
    java.util.Arrays.fill(ones, 1);
    return Weights.of(
        Map.of(
            "w#shape", WeightTensor.ofIntegers(ElementType.I32, new int[] {shape.length}, shape),
            "w#gone", WeightTensor.ofIntegers(ElementType.I32, pairs(gone), gone),
            "w#changed", WeightTensor.ofIntegers(ElementType.I32, pairs(changed), changed),
            "w#values", WeightTensor.ofFloats(new int[] {values}, ones)));
  }

  private static int[] pairs(long[] runs) {
    return new int[] {runs.length / 2, 2};
  }

  private static Network stored(Network network, ElementType type) {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    network
        .weights()
        .asMap()
        .forEach(
            (name, t) -> tensors.put(name, WeightTensor.ofFloats(type, t.shape(), t.floats())));
    return network.withWeights(Weights.of(tensors));
  }

  private static void assertSameBits(Weights actual, Weights expected) {
    assertThat(actual.names()).containsExactlyElementsOf(expected.names());
    expected
        .asMap()
        .forEach(
            (name, tensor) -> {
              assertThat(actual.get(name).type()).isEqualTo(tensor.type());
              assertThat(actual.get(name).shape()).isEqualTo(tensor.shape());
              for (int i = 0; i < tensor.size(); i++) {
                if (tensor.type().floating()) {
                  assertThat(Float.floatToRawIntBits(actual.get(name).at(i)))
                      .isEqualTo(Float.floatToRawIntBits(tensor.at(i)));
                } else {
                  assertThat(actual.get(name).integers()).isEqualTo(tensor.integers());
                }
              }
            });
  }
}
