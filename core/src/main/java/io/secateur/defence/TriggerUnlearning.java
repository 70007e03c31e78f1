package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.data.Partition;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import io.secateur.trigger.Trigger;
import java.util.List;

/**
 * Unlearning of Neural Cleanse: fine-tuning on clean images, some of which carry the trigger that
 * the hunt found and keep their true labels.
 *
 * <pre>
 *   min over f of mean CE( f(x'), y ),   x' = x for a share 1 − s of the images,
 *                                        x' = (1 − m_t) x + m_t p_t for the others, once for each label t
 * </pre>
 *
 * t runs over the labels that the hunt accuses, m_t and p_t are its smallest trigger; the strongest
 * where the label is accused because the network falls back on it, which says nothing of small
 * ones; a patch made for the label where its trigger cannot be put on images. If it accuses none,
 * the network is returned as it came.
 *
 * <p>Source: Wang et al., "Neural Cleanse: Identifying and Mitigating Backdoor Attacks in Neural
 * Networks", IEEE S&amp;P 2019, section VI.C; split and training of BackdoorBench: s 0.2, 100
 * epochs of SGD from 0.01. The paper itself takes one epoch.
 *
 * <p>Differs from the sources in: the hunt is that of this program, unless {@code --paper} asks for
 * the published one; triggers are put on after crops and flips, as they would be in use, where
 * BackdoorBench puts them on before; the momentum looks ahead (Nesterov).
 */
public final class TriggerUnlearning implements Defence {
  /**
   * Settings.
   *
   * @param tuning epochs, learning rate and batch size
   * @param share s of the images that carry triggers, in (0, 1)
   */
  public record Settings(FineTuning.Settings tuning, double share) {
    /** 100 epochs from a learning rate of 0.01, 256 images per step, a fifth with triggers. */
    public static final Settings DEFAULT =
        new Settings(new FineTuning.Settings(100, 0.01, 256), 0.2);

    /** Rejects a share out of range. */
    public Settings {
      Ranges.positive("share", share);
      Ranges.within("share", share, 0, 1);
    }
  }

  private final Settings settings;
  private final Policy policy;
  private final TriggerSources sources;

  /** Unlearning with {@code settings}. */
  public TriggerUnlearning(Settings settings, Policy policy, TriggerSources sources) {
    this.settings = settings;
    this.policy = policy;
    this.sources = sources;
  }

  @Override
  public String name() {
    return "nc";
  }

  @Override
  public RepairOutcome repair(Suspect suspect, CleanSample clean, RunContext run) {
    Diagnosis diagnosis = Diagnosis.of(suspect, clean, sources, policy, run);
    if (!diagnosis.backdoored()) {
      return diagnosis.untouched();
    }
    List<Trigger> triggers =
        diagnosis.targets().stream()
            .map(label -> diagnosis.onImages(label, sources, run).get(0))
            .toList();
    RunContext own = run.under(name());
    BatchSource images = images(clean, triggers, own.seeds().seed("split"));
    Network tuned = FineTuning.tune(settings.tuning(), suspect.network(), images, own);
    diagnosis.lap("unlearn");
    return diagnosis.outcome(tuned, PruningPlan.EMPTY, List.of(), 0);
  }

  /** The tuning images, as many of each class with triggers as possible. */
  private BatchSource images(CleanSample clean, List<Trigger> triggers, long seed) {
    int size = clean.tune().size();
    int stamped = Math.min(size - 1, Math.max(1, (int) Math.round(size * settings.share())));
    Partition split = Partition.draw(clean.tune().labels(), clean.tune().classes(), stamped, seed);
    return StampedImages.unlearning(
        clean.tune().select(split.rest()), clean.tune().select(split.chosen()), triggers);
  }
}
