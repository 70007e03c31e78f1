package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.data.Partition;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import io.secateur.trigger.Forced;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Whether a repaired network takes its backdoor back: it is fine-tuned on clean images and a few
 * copies that carry the trigger and the backdoor's label. A network that never had the backdoor
 * learns little from so few; one in which it only sleeps learns it at once.
 *
 * <p>What it would learn anyway is measured beside it: the same trigger towards another label, on
 * the same network, from as many images.
 *
 * <p>Source: Min et al., "Uncovering, Explaining, and Mitigating the Superficial Safety of Backdoor
 * Defense", NeurIPS 2024 (arXiv 2410.09838), the re-tuning attack. Differs from the source in: the
 * trigger is a synthetic one, for a defender has no other; the control.
 */
public final class Retuning {
  /** Part of a run that it belongs in: with the same seed it comes to the same everywhere. */
  public static final String BRANCH = "stress";

  /**
   * Settings.
   *
   * @param tuning epochs, learning rate and batch size
   * @param poisoned images that carry the trigger, at least 1
   */
  public record Settings(FineTuning.Settings tuning, int poisoned) {
    /** Five epochs from a learning rate of 0.01, 32 images per step, 5 of them poisoned in all. */
    public static final Settings DEFAULT = new Settings(new FineTuning.Settings(5, 0.01, 32), 5);

    /** Rejects a number out of range. */
    public Settings {
      Ranges.positive("poisoned", poisoned);
    }
  }

  /**
   * What came of it, on hold-out images that are of neither label.
   *
   * @param target label of the backdoor
   * @param control label that the same trigger was taught for comparison
   * @param before success of the trigger for {@code target} on the repaired network
   * @param after the same after re-tuning
   * @param controlBefore success for {@code control} on the repaired network
   * @param controlAfter the same after re-tuning towards it
   * @param cleanAccuracy after re-tuning towards {@code target}
   * @param poisoned images that carried the trigger
   * @param epochs of fine-tuning
   */
  public record Result(
      int target,
      int control,
      Proportion before,
      Proportion after,
      Proportion controlBefore,
      Proportion controlAfter,
      Proportion cleanAccuracy,
      int poisoned,
      int epochs) {
    /** Whether the backdoor comes back more easily than anything else is learnt: beyond chance. */
    public boolean sleeps() {
      return after.low() > controlAfter.high();
    }
  }

  /** The network that was taught its backdoor again, and what it does. */
  public record Outcome(Network network, Result result) {}

  private Retuning() {}

  /**
   * Whether {@code outcome} is a network that differs from {@code suspect}, with a trigger for its
   * backdoor. Where nothing was changed the backdoor, if there is one, is awake.
   */
  public static boolean due(Network suspect, RepairOutcome outcome) {
    return outcome.target().isPresent()
        && !outcome.proxies().isEmpty()
        && !outcome.network().weights().equals(suspect.weights());
  }

  /** The strongest trigger that can be taught again; none if none changes images. */
  public static Optional<Trigger> lesson(RepairOutcome repaired) {
    return Stream.concat(
            repaired.relapses().stream().limit(1).map(relapse -> relapse.before().trigger()),
            repaired.proxies().stream())
        .filter(Trigger::visible)
        .findFirst();
  }

  /**
   * The label that the target is compared with: the next one that the hunt does not accuse, since
   * another backdoor's would wake as well.
   */
  static int control(int target, List<Integer> accused, int classes) {
    return IntStream.range(1, classes)
        .map(step -> (target + step) % classes)
        .filter(label -> !accused.contains(label))
        .findFirst()
        .orElse((target + 1) % classes);
  }

  private static int control(RepairOutcome repaired) {
    return control(
        repaired.target().orElseThrow(),
        repaired.hunt().map(HuntResult::accused).orElse(List.of()),
        repaired.network().classes());
  }

  /** Whether there are images of neither label to teach and to measure with. */
  public static boolean possible(CleanSample clean, RepairOutcome repaired) {
    return possible(clean, repaired.target().orElseThrow(), control(repaired));
  }

  static boolean possible(CleanSample clean, int target, int control) {
    return neither(clean.tune(), target, control).length > 0
        && neither(clean.holdOut(), target, control).length > 0;
  }

  /** Re-tunes a network that this is {@link #due} for, if its repair has a {@link #lesson}. */
  public static Outcome of(
      Settings settings, RepairOutcome repaired, CleanSample clean, RunContext run) {
    int target = repaired.target().orElseThrow();
    Trigger lesson = lesson(repaired).orElseThrow();
    return of(settings, repaired.network(), lesson, target, control(repaired), clean, run);
  }

  /**
   * Re-tunes {@code repaired} towards {@code target} and towards {@code control}.
   *
   * @param trigger that stands for the backdoor's
   */
  public static Outcome of(
      Settings settings,
      Network repaired,
      Trigger trigger,
      int target,
      int control,
      CleanSample clean,
      RunContext run) {
    ImageSet holdOut = clean.holdOut();
    int[] others = neither(holdOut, target, control);
    Network again = tuned(settings, repaired, trigger, target, control, clean, run);
    Network other = tuned(settings, repaired, trigger, control, target, clean, run);
    Result result =
        new Result(
            target,
            control,
            success(repaired, holdOut, others, trigger, target),
            success(again, holdOut, others, trigger, target),
            success(repaired, holdOut, others, trigger, control),
            success(other, holdOut, others, trigger, control),
            Evaluator.evaluate(again, holdOut, Optional.empty()).cleanAccuracy(),
            Math.min(settings.poisoned(), neither(clean.tune(), target, control).length),
            settings.tuning().epochs());
    run.progress()
        .event(
            "retuned",
            Map.of(
                "target",
                target,
                "success",
                result.after().value(),
                "control",
                control,
                "controlSuccess",
                result.controlAfter().value()));
    return new Outcome(again, result);
  }

  private static Network tuned(
      Settings settings,
      Network repaired,
      Trigger trigger,
      int label,
      int apart,
      CleanSample clean,
      RunContext run) {
    RunContext own = run.under("retune-" + label);
    ImageSet images = clean.tune();
    ImageSet others = images.select(neither(images, label, apart));
    int count = Math.min(settings.poisoned(), others.size());
    int[] drawn =
        Partition.draw(others.labels(), others.classes(), count, own.seeds().seed("poisoned"))
            .chosen();
    BatchSource source = StampedImages.teaching(images, others.select(drawn), trigger, label);
    return FineTuning.tune(settings.tuning(), repaired, source, own);
  }

  private static Proportion success(
      Network network, ImageSet images, int[] chosen, Trigger trigger, int label) {
    return Proportion.of(Forced.count(network, images, chosen, trigger, label), chosen.length);
  }

  private static int[] neither(ImageSet images, int target, int control) {
    List<Integer> chosen = new ArrayList<>();
    for (int image : images.indices()) {
      if (images.label(image) != target && images.label(image) != control) {
        chosen.add(image);
      }
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }
}
