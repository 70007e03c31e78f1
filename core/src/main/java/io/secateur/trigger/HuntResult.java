package io.secateur.trigger;

import java.util.List;
import java.util.Optional;

/**
 * What a hunt found. Plain values that survive JSON.
 *
 * @param family of the triggers that were sought, see {@link TriggerFamily#name}
 * @param verdict the conclusion
 * @param reason why, in a sentence
 * @param accused labels found to be the target of a backdoor, the smallest trigger first; not empty
 *     only with {@link Verdict#BACKDOORED}
 * @param doubtful labels that could be neither accused nor cleared
 * @param findings one for each label, in order
 * @param floor median of the screening norms of the labels not accused: what a trigger for a
 *     blameless label of this network takes at that budget
 * @param prominence how far the label with the smallest trigger that works stands out, from every
 *     start: 0 not at all, above 1 enough to be accused; the largest over families, shifts counted
 *     only if these decide
 * @param fallback what the network answers when it forgets; not asked if a trigger accuses a label
 * @param passes cost in images × (forward + backward)
 */
public record HuntResult(
    String family,
    Verdict verdict,
    String reason,
    List<Integer> accused,
    List<Integer> doubtful,
    List<LabelFinding> findings,
    double floor,
    double prominence,
    Optional<UnlearningProbe.Answers> fallback,
    long passes) {
  /** Copies the lists. */
  public HuntResult {
    accused = List.copyOf(accused);
    doubtful = List.copyOf(doubtful);
    findings = List.copyOf(findings);
  }

  /** The same as a hunt in a family. */
  HuntResult of(TriggerFamily other) {
    return new HuntResult(
        other.name(),
        verdict,
        reason,
        accused,
        doubtful,
        findings,
        floor,
        prominence,
        fallback,
        passes);
  }

  private boolean inside() {
    return family.equals(TriggerFamily.SHIFT);
  }

  /** The same as the result of several hunts. */
  HuntResult among(List<HuntResult> hunts) {
    return new HuntResult(
        family,
        verdict,
        reason,
        accused,
        doubtful,
        findings,
        floor,
        hunts.stream()
            .filter(hunt -> inside() || !hunt.inside())
            .mapToDouble(HuntResult::prominence)
            .reduce(0, Math::max),
        fallback,
        hunts.stream().mapToLong(HuntResult::passes).sum());
  }

  /**
   * The same, judged by what the network answers when it forgets as well: the label that it falls
   * back on is accused or doubted if it gets more of the mistakes than one of a clean network. A
   * trigger that accuses a label is the better witness; then nothing changes.
   */
  public HuntResult judgedBy(UnlearningProbe.Answers answers) {
    if (verdict == Verdict.BACKDOORED) {
      return this;
    }
    UnlearningProbe.Finding finding = answers.finding();
    boolean accuses = finding == UnlearningProbe.Finding.ACCUSES;
    boolean doubts = finding == UnlearningProbe.Finding.DOUBTS && verdict == Verdict.CLEAN;
    List<Integer> label = List.of(answers.label());
    return new HuntResult(
        family,
        accuses ? Verdict.BACKDOORED : doubts ? Verdict.INCONCLUSIVE : verdict,
        accuses || doubts ? answers.sentence() : reason,
        accuses ? label : accused,
        doubts
            ? label
            : doubtful.stream().filter(other -> !accuses || other != answers.label()).toList(),
        findings,
        floor,
        prominence,
        Optional.of(answers),
        passes + answers.passes());
  }

  /** Whether a label is accused because the network falls back on it, and not for its trigger. */
  public boolean byFallback() {
    return verdict == Verdict.BACKDOORED && fallback.isPresent();
  }
}
