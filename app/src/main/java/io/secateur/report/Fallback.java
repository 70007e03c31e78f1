package io.secateur.report;

import io.secateur.metric.Proportion;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.UnlearningProbe;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a network answers when it is made to forget clean images; see {@link UnlearningProbe}.
 *
 * @param label that gets most of its new mistakes
 * @param share of the mistakes at that label
 * @param mistakes by label
 * @param finding none, too-few, doubts or accuses
 */
public record Fallback(int label, Proportion share, List<Integer> mistakes, String finding) {
  /** Copies the list. */
  public Fallback {
    mistakes = List.copyOf(mistakes);
  }

  /** In a sentence. */
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "A copy that was made to forget clean images gave %.0f %% (%.0f–%.0f) of its %d new mistakes"
            + " to label %d%s",
        share.value(),
        share.low(),
        share.high(),
        share.n(),
        label,
        switch (finding) {
          case "accuses" -> ", far more than a clean network: the backdoor's label";
          case "doubts" -> ", more than clean networks do";
          case "too-few" -> ", which is too few mistakes to tell anything: more clean images would";
          default -> ", as clean networks do";
        });
  }

  /** The sentence if it is why {@code suspect} is accused or in doubt. */
  Optional<String> against(int suspect) {
    return suspect == label && (finding.equals("accuses") || finding.equals("doubts"))
        ? Optional.of(sentence() + ".")
        : Optional.empty();
  }

  /** That of a hunt; empty if the network was not asked or made no mistake. */
  public static Optional<Fallback> of(HuntResult hunt) {
    return hunt.fallback().filter(answers -> answers.total() > 0).map(Fallback::of);
  }

  private static Fallback of(UnlearningProbe.Answers answers) {
    return new Fallback(
        answers.label(),
        Proportion.of(answers.mistakes().get(answers.label()), answers.total()),
        answers.mistakes(),
        answers.finding().name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}
