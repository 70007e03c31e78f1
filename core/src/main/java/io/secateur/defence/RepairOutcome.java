package io.secateur.defence;

import io.secateur.agent.LearningCurve;
import io.secateur.agent.TradeOffPoint;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.Trigger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a repair hands back.
 *
 * @param network repaired, or as it came
 * @param verdict by the hold-out images and synthetic triggers
 * @param target the label that the backdoor leads to
 * @param plan what was pruned; empty for defences that do not prune
 * @param hunt the search for a trigger, where there was one
 * @param proxies the synthetic triggers that stood for the true one
 * @param relapses for each label, a strong trigger made on the suspect and one sought again on the
 *     repaired network
 * @param before the suspect on the hold-out images
 * @param after the repaired network on the same images
 * @param searches how each search went, in order
 * @param retuning how easily the repaired network takes its backdoor back; empty unless that was
 *     tried
 * @param evaluations masks that were tried
 * @param seconds per stage, in order
 */
public record RepairOutcome(
    Network network,
    RepairVerdict verdict,
    OptionalInt target,
    PruningPlan plan,
    Optional<HuntResult> hunt,
    List<Trigger> proxies,
    List<Relapse> relapses,
    Standing before,
    Standing after,
    List<Search> searches,
    Optional<Retuning.Result> retuning,
    int evaluations,
    Map<String, Double> seconds) {

  /**
   * A network on the hold-out images.
   *
   * @param cleanAccuracy on all
   * @param mixedAccuracy on copies of all, each partly covered by another, see {@link
   *     io.secateur.data.CutMix}; the copies of one image are not independent
   * @param syntheticAsr share of images of other classes that the synthetic triggers turn into the
   *     target, over all triggers made on the suspect as it came; absent without a trigger
   */
  public record Standing(
      Proportion cleanAccuracy, Proportion mixedAccuracy, Optional<Proportion> syntheticAsr) {}

  /** The strongest trigger for one label, made on the suspect and on the repaired network. */
  public record Relapse(FreshTrigger before, FreshTrigger after) {}

  /**
   * How one search went.
   *
   * @param target label whose backdoor it was after
   * @param curve per iteration
   * @param tradeOff masks that it judged on the hold-out images, the network it began with first
   * @param plans what leads from the suspect to each of them, earlier searches included
   * @param judged the masks that came into question, by position
   * @param chosen position of the mask chosen
   * @param refused whether the mask was left because accuracy would have fallen too far
   */
  public record Search(
      int target,
      LearningCurve curve,
      List<TradeOffPoint> tradeOff,
      List<PruningPlan> plans,
      Map<Integer, Judged> judged,
      int chosen,
      boolean refused) {
    /** Copies the collections; the lists must be of one length. */
    public Search {
      judged = Map.copyOf(judged);
      tradeOff = List.copyOf(tradeOff);
      plans = List.copyOf(plans);
      if (plans.size() != tradeOff.size()) {
        throw new IllegalArgumentException(
            plans.size() + " plans for " + tradeOff.size() + " points");
      }
    }

    /** Units in the mask chosen. */
    public int pruned() {
      return tradeOff.get(chosen).units().size();
    }
  }

  /**
   * What the choice among masks goes by.
   *
   * @param drop clean accuracy that the mask costs the suspect, earlier searches included, in
   *     points, on mixed copies of the defender's images; where a search uses none, on the hold-out
   *     images
   * @param phi Φ with that
   */
  public record Judged(double drop, double phi) {}

  /** Copies the collections. */
  public RepairOutcome {
    proxies = List.copyOf(proxies);
    relapses = List.copyOf(relapses);
    searches = List.copyOf(searches);
  }

  /** The same with what came of teaching the network its backdoor again. */
  public RepairOutcome retuned(Retuning.Result result) {
    return new RepairOutcome(
        network,
        verdict,
        target,
        plan,
        hunt,
        proxies,
        relapses,
        before,
        after,
        searches,
        Optional.of(result),
        evaluations,
        seconds);
  }
}
