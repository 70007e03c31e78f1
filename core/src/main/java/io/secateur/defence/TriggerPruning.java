package io.secateur.defence;

import io.secateur.agent.MaskSearch;
import io.secateur.agent.Reward;
import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import java.util.Optional;

/**
 * Optimized Neuron Pruning (arXiv 2405.17746), from suspect to repaired network:
 *
 * <ol>
 *   <li>trigger synthesis: the label that is too easy to force, the smallest trigger that forces
 *       it, and the strongest one of a size that hardly moves blameless labels ({@link
 *       TriggerSources});
 *   <li>units to prune, in the scope;
 *   <li>a {@link MaskSearch}: the graph agent for ONP itself, a rival under the same proxies for
 *       comparison; among the masks that it considered the last word is {@link MaskChoice}'s;
 *   <li>synthesis again on the pruned network: while the new trigger forces its label more easily
 *       than others are forced ({@link FreshTrigger}), it leads another search from there; so does
 *       one that changes images while it works on a good share of them, but what such a search
 *       finds is pruned only if accuracy allows it ({@link RemainsJudge});
 *   <li>surgery, and, if asked for, a recovery fine-tune with the pruned channels held at zero.
 * </ol>
 *
 * <p>Differs from the paper in: the strongest trigger, step 4, the choice among masks on images
 * held out and on mixed copies, and the option to fine-tune. The smallest trigger alone dies long
 * before the true one.
 */
public final class TriggerPruning implements Defence {

  /**
   * Settings.
   *
   * @param units what is pruned together
   * @param stages prune the last so many stages; 0 means all
   * @param reward what a mask is worth
   * @param mixed copies of each tuning image, mixed with others, on which accuracy is judged; 0: on
   *     the images themselves
   * @param rounds searches at most for a label; another one only while new triggers work
   * @param remnant another one only while they work on more than this share of the images, in (0,
   *     1]; 1: while their label stands out
   * @param precision of trials
   * @param recovery fine-tune after surgery
   */
  public record Settings(
      UnitKind units,
      int stages,
      Reward reward,
      int mixed,
      int rounds,
      double remnant,
      Precision precision,
      Optional<FineTuning.Settings> recovery) {
    /**
     * Single batch-norm channels of all stages, one mixed copy of each image, at most four rounds,
     * no recovery.
     */
    public static final Settings DEFAULT =
        new Settings(
            UnitKind.BATCH_NORM, 0, Reward.DEFAULT, 1, 4, 0.3, Precision.AUTO, Optional.empty());

    private static final int MOST_COPIES = 16;

    /** Rejects values out of range. */
    public Settings {
      if (stages < 0 || rounds < 1) {
        throw new IllegalArgumentException(
            "stages must be at least 0 and rounds at least 1, got " + stages + " and " + rounds);
      }
      if (mixed < 0 || mixed > MOST_COPIES) {
        throw new IllegalArgumentException(
            "mixed must be in 0 to " + MOST_COPIES + ", got " + mixed);
      }
      if (!(remnant > 0 && remnant <= 1)) {
        throw new IllegalArgumentException("remnant must be in (0, 1], got " + remnant);
      }
    }
  }

  private final String name;
  private final MaskSearch search;
  private final Settings settings;
  private final Policy policy;
  private final TriggerSources sources;

  /** A repair by {@code search}, called {@code name}. */
  public TriggerPruning(
      String name, MaskSearch search, Settings settings, Policy policy, TriggerSources sources) {
    this.name = name;
    this.search = search;
    this.settings = settings;
    this.policy = policy;
    this.sources = sources;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void check(Network network) {
    PruningUnits.of(network.architecture(), settings.units(), settings.stages());
  }

  @Override
  public RepairOutcome repair(Suspect suspect, CleanSample clean, RunContext run) {
    // 1. Is there a backdoor, and where does it lead?
    Diagnosis diagnosis = Diagnosis.of(suspect, clean, sources, policy, run);
    if (!diagnosis.backdoored()) {
      return diagnosis.untouched();
    }

    // 2. What may be pruned.
    PruningSpace space =
        PruningUnits.of(suspect.network().architecture(), settings.units(), settings.stages());

    // 3. and 4. For each label that a backdoor leads to.
    PruningRounds rounds =
        new PruningRounds(
            suspect.network(), space, clean, diagnosis, search, settings, policy, run);
    diagnosis.targets().forEach(rounds::prune);
    PruningPlan plan = rounds.plan();
    Network network = rounds.network();

    // 5. A recovery, the pruned channels held at zero.
    if (settings.recovery().isPresent()) {
      network =
          Recovery.of(settings.recovery().get(), network, plan, clean, diagnosis, sources, run);
      diagnosis.lap("recover");
    }
    return diagnosis.outcome(network, plan, rounds.searches(), rounds.evaluations());
  }
}
