package io.secateur.report;

import io.secateur.metric.Proportion;
import java.util.List;
import java.util.Optional;

/**
 * What {@code scan --json} prints; see {@code docs/scan.schema.json}. Absent values are left out.
 *
 * @param schemaVersion raised when a key changes its meaning
 * @param verdict clean, backdoored or inconclusive
 * @param reason of the verdict, in a sentence
 * @param target the accused label with the smallest trigger
 * @param accused labels that a backdoor leads to
 * @param doubtful labels that could be neither accused nor cleared
 * @param triggers that the norms are of: patch, warp or shift
 * @param cleanAccuracy on the images that triggers were sought with
 * @param medianNorm what a trigger for a blameless label takes: pixels covered by a patch or moved
 *     by a warp, scales of channels in a shift
 * @param prominence how far the most suspicious label stands out; above 1 it is accused
 * @param fallback what the network answers when it forgets; absent if a trigger accuses a label
 * @param calibration how the hunt stands beside hunts on networks of known truth; absent for the
 *     published hunt, for chosen kinds of triggers and where shifts decided
 * @param data name of the clean images
 */
public record ScanResult(
    int schemaVersion,
    String verdict,
    String reason,
    Optional<Integer> target,
    List<Integer> accused,
    List<Integer> doubtful,
    String triggers,
    Proportion cleanAccuracy,
    double medianNorm,
    double prominence,
    Optional<Fallback> fallback,
    Optional<Calibration> calibration,
    List<Label> labels,
    Model model,
    String data,
    long seed,
    double seconds,
    List<String> notes) {

  /** The hunt's findings about one label; {@code success} in percent. */
  public record Label(
      int label, String name, double norm, double anomalyIndex, double success, int restarts) {}

  /** The model; {@code sha256} of its file, in lower-case hexadecimal. */
  public record Model(String path, String sha256, String architecture, String preprocessing) {}
}
