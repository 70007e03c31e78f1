package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.secateur.agent.GreedySearch;
import io.secateur.agent.LearningCurve;
import io.secateur.agent.MaskSearch;
import io.secateur.agent.PlantedChannel;
import io.secateur.agent.Reward;
import io.secateur.agent.SearchResult;
import io.secateur.engine.OneThread;
import io.secateur.nn.Channel;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.prune.UnitKind;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import io.secateur.trigger.FamilyHunt;
import io.secateur.trigger.TriggerFamily;
import io.secateur.trigger.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole repair of a hand-made backdoor; only the synthesis of triggers is scripted. */
@ExtendWith(OneThread.class)
class TriggerPruningTest {
  private static final double SMALL = 4;

  private final Network suspect = PlantedChannel.infected();

  @Test
  void a_planted_backdoor_is_found_pruned_and_gone() {
    Scripted synthesis = Scripted.target(suspect, SMALL, Scripted.BLAMELESS);

    RepairOutcome outcome = repair(greedy(synthesis, 2), Suspect.of(suspect));

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.REPAIRED);
    assertThat(outcome.target()).hasValue(PlantedChannel.TARGET);
    assertThat(channels(outcome))
        .containsExactly(new Channel(PlantedChannel.LAYER, PlantedChannel.CHANNEL));
    assertThat(outcome.plan().channels().get(0).reason()).contains("label 4");
    assertThat(outcome.before().syntheticAsr().orElseThrow().value()).isEqualTo(100);
    assertThat(outcome.after().syntheticAsr().orElseThrow().value()).isLessThan(5);
    assertThat(outcome.after().cleanAccuracy().value()).isEqualTo(100);
    assertThat(outcome.network().weights().get("norm.bias").at(PlantedChannel.CHANNEL)).isZero();
    assertThat(outcome.network().weights().get("fc.weight"))
        .isSameAs(suspect.weights().get("fc.weight"));
    assertThat(outcome.hunt().orElseThrow().verdict()).isEqualTo(Verdict.BACKDOORED);
    assertThat(outcome.seconds()).containsKeys("hunt", "search", "measure");
    // six labels and two restarts of the suspect
    assertThat(synthesis.asked()).startsWith(0, 1, 2, 3, 4, 5, 4, 4);
    assertThat(outcome.searches()).hasSize(1);
    RepairOutcome.Search search = outcome.searches().get(0);
    assertThat(search.target()).isEqualTo(PlantedChannel.TARGET);
    assertThat(search.pruned()).isEqualTo(1);
    // the network as it came, then what pruning the planted channel alone does
    assertThat(search.tradeOff().get(0).measured().attackSuccess()).isEqualTo(1);
    assertThat(search.tradeOff().get(1).units()).hasSize(1);
    assertThat(search.tradeOff().get(1).measured().attackSuccess()).isLessThan(0.05);
    assertThat(search.tradeOff().get(1).measured().cleanAccuracy()).isEqualTo(1);
    assertThat(search.tradeOff()).doesNotHaveDuplicates();
  }

  @Test
  void a_network_cleared_by_the_hunt_comes_back_as_the_same_object() {
    Scripted synthesis = Scripted.target(Scripted.BLAMELESS);

    RepairOutcome outcome = repair(greedy(synthesis, 2), Suspect.of(suspect));

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.CLEAN);
    assertThat(outcome.network()).isSameAs(suspect);
    assertThat(outcome.plan().channels()).isEmpty();
    assertThat(outcome.target()).isEmpty();
    assertThat(outcome.before()).isEqualTo(outcome.after());
    assertThat(outcome.before().syntheticAsr()).isEmpty();
    assertThat(outcome.searches()).isEmpty();
  }

  @Test
  void doubt_leaves_the_network_as_it_came() {
    // small, but not half the norm of the others
    Scripted synthesis = Scripted.target(24);

    RepairOutcome outcome = repair(greedy(synthesis, 2), Suspect.of(suspect));

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.INCONCLUSIVE);
    assertThat(outcome.network()).isSameAs(suspect);
    assertThat(outcome.hunt().orElseThrow().doubtful()).containsExactly(PlantedChannel.TARGET);
  }

  @Test
  void a_label_named_by_the_user_is_not_hunted_for() {
    Scripted synthesis = Scripted.target(SMALL);
    Suspect named = new Suspect(suspect, OptionalInt.of(PlantedChannel.TARGET));

    RepairOutcome outcome = repair(greedy(synthesis, 2), named);

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.REPAIRED);
    assertThat(outcome.hunt()).isEmpty();
    assertThat(synthesis.asked()).containsOnly(PlantedChannel.TARGET);
    assertThat(outcome.proxies()).hasSize(2);
    assertThat(channels(outcome))
        .containsExactly(new Channel(PlantedChannel.LAYER, PlantedChannel.CHANNEL));
  }

  @Test
  void a_label_that_still_stands_out_is_searched_again_with_the_new_patch() {
    List<Integer> proxies = new ArrayList<>();
    MaskSearch lateInTheThirdRound =
        (problem, run) -> {
          proxies.add(problem.proxies().size());
          return proxies.size() < 3
              ? result(new boolean[problem.space().size()])
              : GreedySearch.DEFAULT.search(problem, run);
        };
    Scripted synthesis = Scripted.target(SMALL);

    RepairOutcome outcome =
        repair(pruning(lateInTheThirdRound, synthesis, 5, 0.3), Suspect.of(suspect));

    // smallest and strongest on the suspect, then the newest alone
    assertThat(proxies).containsExactly(2, 1, 1);
    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.REPAIRED);
    assertThat(outcome.relapses()).hasSize(1);
    assertThat(outcome.relapses().get(0).before().standsOut()).isTrue();
    assertThat(outcome.relapses().get(0).after().standsOut()).isFalse();
  }

  /** Patches for other labels work on 30 %; another search follows one on more than 15 %. */
  @Test
  void what_is_left_of_a_label_is_pruned_while_accuracy_allows_it() {
    int[] harmless = {PlantedChannel.SECOND};
    int[] harmful = {PlantedChannel.SECOND, 0, 3, 7, 10}; // and every red one

    RepairOutcome kept = lingering(0.2, 0.12, harmless);
    RepairOutcome refused = lingering(0.2, 0, harmful);
    RepairOutcome idle = lingering(0.2, 0);
    RepairOutcome standingOut = lingering(0.6, 0.6, harmful);
    RepairOutcome nothingLeft = lingering(0.09, 0, harmless);

    Channel planted = new Channel(PlantedChannel.LAYER, PlantedChannel.CHANNEL);
    assertThat(channels(kept))
        .containsExactly(planted, new Channel(PlantedChannel.LAYER, PlantedChannel.SECOND));
    assertThat(channels(refused)).containsExactly(planted);
    assertThat(refused.searches()).hasSize(2);
    assertThat(refused.searches().get(1).pruned()).isEqualTo(5);
    assertThat(refused.searches().get(1).refused()).isTrue();
    assertThat(kept.searches().get(1).refused()).isFalse();
    assertThat(channels(idle)).containsExactly(planted);
    assertThat(idle.searches()).hasSize(2);
    assertThat(channels(standingOut)).hasSize(6);
    assertThat(nothingLeft.searches()).hasSize(1);
    assertThat(channels(nothingLeft)).containsExactly(planted);
  }

  /**
   * A repair in two rounds of a backdoor in two channels: one first, then {@code more}. Its reward
   * is the fall of the attack, whatever it costs.
   */
  private RepairOutcome lingering(double afterOne, double afterTwo, int... more) {
    boolean[] begun = {false};
    MaskSearch search =
        (problem, run) -> {
          if (!begun[0]) {
            begun[0] = true;
            return result(PlantedChannel.solution());
          }
          boolean[] mask = new boolean[problem.space().size()];
          for (int unit : more) {
            mask[unit] = true;
          }
          return result(mask);
        };
    Scripted smallest = Scripted.target(SMALL);
    Scripted strongest = Scripted.strongest(1, afterOne, afterTwo);
    TriggerFamily family =
        new TriggerFamily(TriggerFamily.PATCH, smallest.hunt(), smallest, pixels -> strongest);
    TriggerPruning.Settings settings =
        new TriggerPruning.Settings(
            UnitKind.BATCH_NORM,
            0,
            new Reward(0, 0, 0, 0, 0),
            1,
            2,
            0.15,
            Precision.FLOAT32,
            Optional.empty());
    TriggerSources sources = new TriggerSources(new FamilyHunt(List.of(family)), 0.3);
    return repair(
        new TriggerPruning("test", search, settings, Policy.DEFAULT, sources),
        Suspect.of(PlantedChannel.infectedTwice()));
  }

  @Test
  void a_label_that_stands_out_to_the_end_is_not_called_repaired() {
    MaskSearch idle = (problem, run) -> result(new boolean[problem.space().size()]);

    RepairOutcome outcome =
        repair(pruning(idle, Scripted.target(SMALL), 2, 0.3), Suspect.of(suspect));

    assertThat(outcome.searches()).hasSize(2);
    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.NOT_REPAIRED);
    assertThat(outcome.relapses().get(0).after().standsOut()).isTrue();
  }

  @Test
  void a_named_label_that_no_trigger_forces_is_not_called_repaired() {
    Network clean =
        Surgery.apply(
            suspect,
            PruningPlan.of(
                PlantedChannel.space(), PlantedChannel.solution(), unit -> 1, unit -> "by hand"));
    Suspect named = new Suspect(clean, OptionalInt.of(PlantedChannel.TARGET));

    RepairOutcome outcome = repair(greedy(Scripted.target(SMALL), 2), named);

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.INCONCLUSIVE);
    assertThat(outcome.network()).isSameAs(clean);
  }

  @Test
  void pruning_that_does_not_help_is_not_called_a_repair() {
    MaskSearch blind =
        (problem, run) -> {
          boolean[] wrong = new boolean[problem.space().size()];
          wrong[0] = true;
          return result(wrong);
        };

    RepairOutcome outcome = repair(pruning(blind, Scripted.target(SMALL), 1), Suspect.of(suspect));

    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.NOT_REPAIRED);
    assertThat(outcome.after().syntheticAsr().orElseThrow().value()).isEqualTo(100);
  }

  @Test
  void recovery_leaves_what_was_pruned_at_exactly_zero() {
    TriggerPruning.Settings settings =
        settings(1, Optional.of(new FineTuning.Settings(2, 0.001, 20)));
    Scripted synthesis = Scripted.target(SMALL);
    TriggerPruning recovering =
        new TriggerPruning(
            "greedy", GreedySearch.DEFAULT, settings, Policy.DEFAULT, synthesis.sources(0));

    RepairOutcome outcome = repair(recovering, Suspect.of(suspect));

    assertThat(channels(outcome))
        .containsExactly(new Channel(PlantedChannel.LAYER, PlantedChannel.CHANNEL));
    Network network = outcome.network();
    assertThat(network.weights().get("norm.weight").at(PlantedChannel.CHANNEL)).isZero();
    assertThat(network.weights().get("norm.bias").at(PlantedChannel.CHANNEL)).isZero();
    for (int tap = 0; tap < 27; tap++) {
      assertThat(network.weights().get("conv.weight").at(27 * PlantedChannel.CHANNEL + tap))
          .isZero();
    }
    // the rest was trained
    assertThat(network.weights().get("fc.weight")).isNotEqualTo(suspect.weights().get("fc.weight"));
    assertThat(outcome.seconds()).containsKey("recover");
    assertThat(outcome.after().syntheticAsr().orElseThrow().value()).isLessThan(5);
  }

  @Test
  void settings_out_of_range_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings(0, Optional.empty()))
        .withMessageContaining("rounds at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new TriggerPruning.Settings(
                    UnitKind.STREAM, -1, Reward.DEFAULT, 0, 1, 1, Precision.AUTO, Optional.empty()))
        .withMessageContaining("got -1");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new TriggerPruning.Settings(
                    UnitKind.STREAM, 0, Reward.DEFAULT, 0, 1, 0, Precision.AUTO, Optional.empty()))
        .withMessageContaining("remnant must be in (0, 1], got 0.0");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new TriggerPruning.Settings(
                    UnitKind.STREAM, 0, Reward.DEFAULT, 17, 1, 1, Precision.AUTO, Optional.empty()))
        .withMessageContaining("mixed must be in 0 to 16, got 17");
  }

  private static RepairOutcome repair(Defence defence, Suspect suspect) {
    return defence.repair(suspect, PlantedChannel.sample(), RunContext.quiet(2));
  }

  private static TriggerPruning greedy(Scripted synthesis, int rounds) {
    return pruning(GreedySearch.DEFAULT, synthesis, rounds);
  }

  private static TriggerPruning pruning(MaskSearch search, Scripted synthesis, int rounds) {
    return pruning(search, synthesis, rounds, 0);
  }

  private static TriggerPruning pruning(
      MaskSearch search, Scripted synthesis, int rounds, double strength) {
    return new TriggerPruning(
        "test",
        search,
        settings(rounds, Optional.empty()),
        Policy.DEFAULT,
        synthesis.sources(strength));
  }

  private static TriggerPruning.Settings settings(
      int rounds, Optional<FineTuning.Settings> recovery) {
    return new TriggerPruning.Settings(
        UnitKind.BATCH_NORM, 0, Reward.DEFAULT, 0, rounds, 1, Precision.FLOAT32, recovery);
  }

  private static SearchResult result(boolean[] mask) {
    double[] none = new double[0];
    return new SearchResult(
        mask, 0, new double[mask.length], 0, 0, new LearningCurve(none, none, none, none));
  }

  private static List<Channel> channels(RepairOutcome outcome) {
    return outcome.plan().channels().stream()
        .map((PrunedChannel c) -> new Channel(c.layer(), c.index()))
        .toList();
  }
}
