package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.nn.Architecture;
import io.secateur.nn.ChannelSite;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.StockArchitectures;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class OverlapBenchTest {
  private static final Architecture RESNET =
      StockArchitectures.build(
          "resnet18-w16", new StockArchitectures.Options(new FeatureShape(3, 32, 32), 10));

  @Test
  void channels_of_one_number_are_shared_and_compared_with_chance() {
    List<ChannelSite> places = ChannelSite.of(RESNET);
    Map<String, float[]> change = new HashMap<>();
    for (ChannelSite place : places) {
      float[] values = new float[place.channels()];
      // Those of the last stage's first block change in the order of their numbers, those of its
      // second as well but for the last thirteen, which come first.
      for (int c = 0; c < values.length; c++) {
        boolean second = place.node().startsWith("layer4.1");
        values[c] = second && c < values.length - 13 ? c : c + 200;
      }
      change.put(place.node(), values);
    }

    List<OverlapBench.Pair> pairs = OverlapBench.pairs(RESNET, places, change, 0.2);

    OverlapBench.Pair sums =
        pairs.stream()
            .filter(pair -> pair.stage().equals("layer4") && pair.role().equals("sum"))
            .findFirst()
            .orElseThrow();
    assertThat(sums.coupled()).isTrue();
    assertThat(sums.top()).isEqualTo(26);
    assertThat(sums.shared()).isEqualTo(26);
    assertThat(sums.overlap()).isEqualTo(100);
    assertThat(sums.byChance()).isCloseTo(100 * 26 / 128.0, Offset.offset(1e-9));
    assertThat(sums.rankCorrelation().getAsDouble()).isCloseTo(1, Offset.offset(1e-9));
  }

  @Test
  void other_numbers_are_not_shared() {
    List<ChannelSite> places = ChannelSite.of(RESNET);
    Map<String, float[]> change = new HashMap<>();
    for (ChannelSite place : places) {
      float[] values = new float[place.channels()];
      for (int c = 0; c < values.length; c++) {
        values[c] = place.node().startsWith("layer4.1") ? values.length - c : c;
      }
      change.put(place.node(), values);
    }

    List<OverlapBench.Pair> last =
        OverlapBench.pairs(RESNET, places, change, 0.05).stream()
            .filter(pair -> pair.stage().equals("layer4"))
            .toList();

    assertThat(last).allMatch(pair -> pair.shared() == 0 || pair.first().startsWith("layer4.1"));
    assertThat(last.get(0).rankCorrelation().getAsDouble()).isCloseTo(-1, Offset.offset(1e-9));
  }

  @Test
  void only_blocks_of_one_stage_are_compared_and_only_what_additions_tie_is_tied() {
    List<ChannelSite> places = ChannelSite.of(RESNET);
    Map<String, float[]> change = new HashMap<>();
    places.forEach(place -> change.put(place.node(), new float[place.channels()]));

    List<OverlapBench.Pair> pairs = OverlapBench.pairs(RESNET, places, change, 0.05);

    assertThat(pairs)
        .allMatch(pair -> pair.first().startsWith(pair.stage()))
        .allMatch(pair -> pair.second().startsWith(pair.stage()))
        .allMatch(pair -> pair.coupled() != pair.role().equals("inner"))
        .allMatch(pair -> pair.rankCorrelation().isEmpty());
    assertThat(pairs)
        .filteredOn(pair -> pair.stage().equals("layer4"))
        .extracting(OverlapBench.Pair::role)
        .containsExactlyInAnyOrder("inner", "branch", "branch", "sum");
  }
}
