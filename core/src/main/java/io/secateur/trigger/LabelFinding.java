package io.secateur.trigger;

import java.util.List;

/**
 * What a hunt found out about one label.
 *
 * @param label the label
 * @param norm smallest norm that passed within the screening budget, which is the same for all
 *     labels; the largest norm there is if none passed
 * @param index anomaly index that is judged, of {@code norm} among all labels, positive for small
 *     ones
 * @param linearIndex the index as published, of norms themselves, for comparison with other tools
 * @param success of the screening's trigger, in [0, 1]
 * @param reached some step of the screening passed the success threshold
 * @param restarts further searches, of suspects only
 * @param trigger the smallest of all triggers of this label that work; the most successful if none
 *     does
 * @param triggerNorm its norm, at whatever budget: not to be compared over labels
 * @param triggerSuccess its success on all images of other labels, in [0, 1]
 */
public record LabelFinding(
    int label,
    double norm,
    double index,
    double linearIndex,
    double success,
    boolean reached,
    List<Restart> restarts,
    Trigger trigger,
    double triggerNorm,
    double triggerSuccess) {
  /** Copies the list. */
  public LabelFinding {
    restarts = List.copyOf(restarts);
  }

  /**
   * A further search from another start, at a larger budget.
   *
   * @param norm smallest norm that passed within the screening budget
   * @param index anomaly index of {@code norm} in place of the screening's, all others as they are
   * @param refinedNorm norm at the end of the larger budget
   * @param success of the final trigger, in [0, 1]
   */
  public record Restart(double norm, double index, double refinedNorm, double success) {}
}
