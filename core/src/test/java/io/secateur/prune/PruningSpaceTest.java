package io.secateur.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.nn.Architecture;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.Channel;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PruningSpaceTest {
  private final Architecture architecture = architecture();

  @Test
  void a_channel_in_two_units_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> space(unit(new Channel("a", 1), new Channel("b", 0)), unit(new Channel("a", 1))))
        .withMessageContaining("a[1] is in two units");
  }

  @Test
  void channels_and_layers_that_do_not_exist_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space(unit(new Channel("b", 3))))
        .withMessageContaining("b[3] does not exist, the layer has 3 channels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space(unit(new Channel("c", 0))))
        .withMessageContaining("c");
    assertThatIllegalArgumentException().isThrownBy(() -> new PruningUnit(List.of()));
  }

  @Test
  void factors_are_zero_exactly_at_the_channels_of_the_chosen_units() {
    PruningSpace space =
        space(
            unit(new Channel("a", 1), new Channel("b", 0)),
            unit(new Channel("a", 0)),
            unit(new Channel("b", 2)));

    assertThat(space.factors(new boolean[] {true, false, false}))
        .containsOnlyKeys("a", "b")
        .hasEntrySatisfying("a", a -> assertThat(a).containsExactly(1, 0))
        .hasEntrySatisfying("b", b -> assertThat(b).containsExactly(0, 1, 1));
    assertThat(space.factors(new boolean[] {false, false, true}))
        .containsOnlyKeys("b")
        .hasEntrySatisfying("b", b -> assertThat(b).containsExactly(1, 1, 0));
    assertThat(space.factors(new boolean[3])).isEmpty();
  }

  @Test
  void a_mask_of_another_size_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> space(unit(new Channel("a", 0))).factors(new boolean[2]))
        .withMessageContaining("mask of 2 units, the space has 1");
  }

  @Test
  void units_are_listed_by_the_layer_of_their_first_channel() {
    PruningSpace space =
        space(
            unit(new Channel("b", 1)),
            unit(new Channel("a", 1), new Channel("b", 0)),
            unit(new Channel("b", 2)));

    assertThat(space.layers()).isEqualTo(Map.of("b", List.of(0, 2), "a", List.of(1)));
    assertThat(space.layers().keySet()).containsExactly("b", "a");
    assertThat(space.nodes()).containsExactlyInAnyOrder("a", "b");
    assertThat(space.unitsOf("a")).containsExactly(-1, 1);
    assertThat(space.unitsOf("b")).containsExactly(1, 0, 2);
    assertThat(space.unitsOf("fc")).isEmpty();
  }

  @Test
  void only_a_mask_that_takes_every_channel_of_a_layer_empties_it() {
    PruningSpace whole =
        space(
            unit(new Channel("a", 0)),
            unit(new Channel("a", 1), new Channel("b", 0)),
            unit(new Channel("b", 1)));

    assertThat(whole.empties(new boolean[] {true, true, false})).isTrue();
    assertThat(whole.empties(new boolean[] {true, false, true})).isFalse();
    // channel 2 of b is in no unit, so b cannot be emptied
    assertThat(whole.empties(new boolean[] {false, true, true})).isFalse();
    assertThat(whole.empties(new boolean[3])).isFalse();
  }

  private PruningSpace space(PruningUnit... units) {
    return new PruningSpace(architecture, List.of(units));
  }

  private static PruningUnit unit(Channel... channels) {
    return new PruningUnit(List.of(channels));
  }

  private static Architecture architecture() {
    var net = new ArchitectureBuilder("two", new FeatureShape(3, 4, 4));
    String a = net.conv("a", net.input(), 2, 3, 1, 1, false);
    String b = net.conv("b", net.relu("relu", a), 3, 3, 1, 1, false);
    net.linear("fc", net.add("flat", new Layer.Flatten(), b), 2);
    return net.build();
  }
}
