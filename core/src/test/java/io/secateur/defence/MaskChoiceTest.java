package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.agent.Measurement;
import io.secateur.agent.PlantedChannel;
import io.secateur.agent.Reward;
import io.secateur.agent.TradeOffPoint;
import io.secateur.data.CleanSample;
import io.secateur.engine.OneThread;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneThread.class)
class MaskChoiceTest {
  /** Every red channel: without them a third of the images is taken for others. */
  private static final List<Integer> RED = List.of(0, 3, 7, 10);

  private static final List<Integer> PLANTED = List.of(PlantedChannel.CHANNEL);

  private final CleanSample sample = PlantedChannel.sample();
  private final TradeOffPoint nothing = point(List.of(), 1);

  @Test
  void a_mask_that_looked_free_to_the_search_is_not_chosen_if_it_is_not() {
    TradeOffPoint costly = point(RED, 0);
    TradeOffPoint fair = point(PLANTED, 0.01);

    MaskChoice.Choice choice = choose(Reward.DEFAULT, List.of(nothing, costly, fair));

    assertThat(choice.point()).isEqualTo(2);
    assertThat(choice.judged()).containsOnlyKeys(1, 2);
    assertThat(drop(choice, 1)).isGreaterThan(20);
    assertThat(drop(choice, 2)).isZero();
    assertThat(choice.phi()).isCloseTo(-0.01 - Reward.DEFAULT.unitPrice(), within(1e-12));
  }

  @Test
  void masks_that_could_not_win_at_no_loss_are_not_measured() {
    TradeOffPoint poor = point(List.of(1), 0.5);

    MaskChoice.Choice choice = choose(Reward.DEFAULT, List.of(nothing, poor, point(PLANTED, 0.01)));

    assertThat(choice.point()).isEqualTo(2);
    assertThat(choice.judged()).containsOnlyKeys(2);
  }

  @Test
  void nothing_is_chosen_where_every_mask_costs_more_than_it_brings() {
    MaskChoice.Choice choice = choose(Reward.DEFAULT, List.of(nothing, point(RED, 0.2)));

    assertThat(choice.point()).isZero();
    assertThat(choice.phi()).isEqualTo(-1);
  }

  @Test
  void of_equals_the_first_is_chosen() {
    Reward free = Reward.hard(5, 0);

    MaskChoice.Choice choice =
        choose(free, List.of(nothing, point(PLANTED, 0), point(List.of(5, 6), 0)));

    assertThat(choice.point()).isEqualTo(1);
  }

  @Test
  void judged_are_as_many_copies_of_all_images_as_there_may_be() {
    assertThat(MaskChoice.images(sample, 1).size()).isEqualTo(16 * sample.size());
    assertThat(MaskChoice.images(sample, 0)).isSameAs(sample.holdOut());
    CleanSample larger =
        new CleanSample(PlantedChannel.images(100, 1), PlantedChannel.images(20, 2));
    assertThat(MaskChoice.images(larger, 1).size()).isEqualTo(5 * 720);
    CleanSample many = new CleanSample(PlantedChannel.images(700, 1), PlantedChannel.images(20, 2));
    assertThat(MaskChoice.images(many, 1).size()).isEqualTo(4000);
  }

  @Test
  void no_more_than_two_dozen_masks_are_measured() {
    List<TradeOffPoint> points = new ArrayList<>(List.of(nothing));
    for (int k = 0; k < 40; k++) {
      // the more it costs, the better it looked
      points.add(point(RED, 0.4 - 0.001 * k));
    }

    assertThat(choose(Reward.DEFAULT, points).judged()).hasSize(24);
  }

  private static double drop(MaskChoice.Choice choice, int point) {
    return Objects.requireNonNull(choice.judged().get(point)).drop();
  }

  /** What the search saw: accuracy untouched, a share of the attack left. */
  private static TradeOffPoint point(List<Integer> units, double attack) {
    return new TradeOffPoint(units, new Measurement(1, 0, attack, attack), -attack);
  }

  private MaskChoice.Choice choose(Reward reward, List<TradeOffPoint> points) {
    RunContext run = RunContext.quiet(1);
    PruningSpace space = PlantedChannel.space();
    List<PruningPlan> plans =
        points.stream()
            .map(point -> PruningPlan.of(space, point.mask(space.size()), unit -> 0, unit -> ""))
            .toList();
    HoldOutAccuracy accuracy =
        new HoldOutAccuracy(PlantedChannel.infected(), MaskChoice.images(sample, 1), run);
    return new MaskChoice(reward, accuracy).of(points, plans, run);
  }
}
