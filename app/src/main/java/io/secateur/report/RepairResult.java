package io.secateur.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.secateur.agent.LearningCurve;
import io.secateur.agent.TradeOffPoint;
import io.secateur.defence.RepairOutcome;
import io.secateur.metric.Proportion;
import io.secateur.prune.Compaction;
import io.secateur.run.Provenance;
import io.secateur.trigger.TriggerFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code result.json} holds; see {@code docs/result.schema.json}. Absent values are left out.
 *
 * @param schemaVersion raised when a key changes its meaning
 * @param verdict repaired, not-repaired, clean or inconclusive: by the best evidence there is
 * @param defenderVerdict the same by what the defender can measure, without trusted images or truth
 * @param reason of the verdict, in a sentence
 * @param target label that the backdoor leads to
 * @param method that was used
 * @param cleanAccuracy on the images named in {@code measuredOn}
 * @param syntheticAsr success of the synthesised triggers on hold-out images
 * @param trueAsr success of the true trigger; only with ground truth
 * @param recoveryAccuracy own labels under the true trigger; only with ground truth
 * @param relapses how new triggers fare, one for each label that a backdoor leads to
 * @param stress if something was repaired and then taught its backdoor again
 * @param fallback what the network answers when it forgets; absent if it was not asked
 * @param calibration how the hunt stands beside hunts on networks of known truth; absent if the
 *     label was named, shifts decided or the hunt was the published one
 * @param compact only if the pruned channels were to be taken out of the file
 * @param peakMemoryBytes most memory held by the process that ended the run, where the system tells
 * @param searches the searches for channels to prune, in order
 * @param evaluations masks that were tried
 * @param imageForwards forward passes of the repair, in images through the whole network, by the
 *     process that ended the run; passes through a part of it count as that part of its
 *     multiply-accumulates
 * @param holdOutAccuracy clean accuracy on the defender's own hold-out images
 * @param mixedAccuracy the same on copies of them, each partly covered by another; absent in files
 *     of earlier versions
 */
public record RepairResult(
    int schemaVersion,
    String verdict,
    String defenderVerdict,
    String reason,
    Optional<Integer> target,
    String method,
    BeforeAfter cleanAccuracy,
    Optional<BeforeAfter> syntheticAsr,
    Optional<BeforeAfter> trueAsr,
    Optional<BeforeAfter> recoveryAccuracy,
    BeforeAfter holdOutAccuracy,
    Optional<BeforeAfter> mixedAccuracy,
    List<Relapse> relapses,
    Optional<Stress> stress,
    Optional<Fallback> fallback,
    Optional<Calibration> calibration,
    Channels channels,
    Counts parameters,
    Counts macs,
    Optional<Compact> compact,
    Seconds seconds,
    Optional<Long> peakMemoryBytes,
    Model model,
    Data data,
    MeasuredOn measuredOn,
    Policy policy,
    List<Label> labels,
    List<Search> searches,
    int evaluations,
    long imageForwards,
    long seed,
    Map<String, String> settings,
    Provenance versions,
    List<String> files,
    List<String> notes) {
  /** Its file in the folder of a run. */
  public static final String FILE = "result.json";

  /** Name, without its ending, of the network that a repair leaves. */
  public static final String REPAIRED = "repaired";

  /** The same where nothing tells whether it is repaired. */
  public static final String TREATED = "treated";

  /** A file of an earlier version lacks some of the lists and optional values. */
  public RepairResult {
    mixedAccuracy = mixedAccuracy == null ? Optional.empty() : mixedAccuracy;
    stress = stress == null ? Optional.empty() : stress;
    fallback = fallback == null ? Optional.empty() : fallback;
    calibration = calibration == null ? Optional.empty() : calibration;
    searches = searches == null ? List.of() : List.copyOf(searches);
  }

  /** Name of the model file that was written, if one was. */
  public Optional<String> modelFile() {
    return files.stream().filter(RepairResult::isModelFile).findFirst();
  }

  /** Whether a repair may leave its network under {@code name}. */
  public static boolean isModelFile(String name) {
    return name.startsWith(REPAIRED + ".") || name.startsWith(TREATED + ".");
  }

  /**
   * How one search went.
   *
   * @param target label whose backdoor it was after
   * @param curve per iteration
   * @param tradeOff masks that it judged on the hold-out images, the network that it began with
   *     first
   * @param chosen number of the point that was chosen; absent in files of earlier versions if that
   *     was never judged
   * @param pruned units in that mask
   * @param refused whether the mask was left because accuracy would have fallen too far
   */
  public record Search(
      int target,
      LearningCurve curve,
      List<TradeOff> tradeOff,
      Optional<Integer> chosen,
      int pruned,
      boolean refused) {
    /** Copies the list. */
    public Search {
      chosen = chosen == null ? Optional.empty() : chosen;
      tradeOff = List.copyOf(tradeOff);
    }

    /** The same with shares in percent and points that are counted from {@code first}. */
    public static Search of(RepairOutcome.Search search, int first) {
      List<TradeOff> points = new ArrayList<>();
      for (TradeOffPoint point : search.tradeOff()) {
        Optional<RepairOutcome.Judged> judged =
            Optional.ofNullable(search.judged().get(points.size()));
        points.add(
            new TradeOff(
                first + points.size(),
                point.units().size(),
                100 * point.measured().cleanAccuracy(),
                Optional.of(100 * point.measured().mixedAccuracy()),
                100 * point.measured().attackSuccess(),
                point.phi(),
                judged.map(RepairOutcome.Judged::drop),
                judged.map(RepairOutcome.Judged::phi)));
      }
      return new Search(
          search.target(),
          search.curve(),
          points,
          Optional.of(first + search.chosen()),
          search.pruned(),
          search.refused());
    }
  }

  /**
   * How easily the repaired network takes its backdoor back: fine-tuned on the clean sample and a
   * few copies that carry a synthetic trigger and the label that it is to lead to.
   *
   * @param label of the backdoor
   * @param attack success of that trigger, on the repaired network and after re-tuning
   * @param control label that the same trigger was taught for comparison
   * @param controlAttack success for that label, before and after
   * @param cleanAccuracy after re-tuning, on the same hold-out images
   * @param trueAsr success of the true trigger after re-tuning; only with ground truth
   * @param poisoned images that carried the trigger
   * @param epochs of fine-tuning
   * @param sleeps whether the backdoor came back more easily than the other label was learnt
   */
  public record Stress(
      int label,
      BeforeAfter attack,
      int control,
      BeforeAfter controlAttack,
      Proportion cleanAccuracy,
      Optional<Proportion> trueAsr,
      int poisoned,
      int epochs,
      boolean sleeps) {
    /** What must not be overlooked, in a sentence; empty if the backdoor does not sleep. */
    public Optional<String> warning() {
      return sleeps
          ? Optional.of(
              String.format(
                  Locale.ROOT,
                  "the backdoor only sleeps: taught again with %d poisoned images, a synthetic trigger"
                      + " for label %d works on %.0f %% of the images instead of %.0f %%, while the same"
                      + " trigger for label %d reaches %.0f %%; training on data that is not trusted may"
                      + " wake it",
                  poisoned,
                  label,
                  attack.after().value(),
                  attack.before().value(),
                  control,
                  controlAttack.after().value()))
          : Optional.empty();
    }
  }

  /**
   * What a mask leads to on the hold-out images.
   *
   * @param point its number, for {@code repair --point}
   * @param pruned units in it
   * @param cleanAccuracy in percent
   * @param mixedAccuracy on mixed copies of these images, in percent; the clean accuracy if there
   *     are none; absent in files of earlier versions
   * @param attackSuccess of the synthesised triggers, in percent
   * @param phi worth of the mask by these images and copies, which leads the search
   * @param cleanAccuracyLost in points, of the network as it came, on mixed copies of the
   *     defender's images; without copies, on the hold-out images; of the masks that came into
   *     question only, absent in files of earlier versions
   * @param decidingPhi worth of the mask with that loss, by which one is chosen
   */
  public record TradeOff(
      int point,
      int pruned,
      double cleanAccuracy,
      Optional<Double> mixedAccuracy,
      double attackSuccess,
      double phi,
      Optional<Double> cleanAccuracyLost,
      Optional<Double> decidingPhi) {
    /** A file of an earlier version lacks values. */
    public TradeOff {
      mixedAccuracy = mixedAccuracy == null ? Optional.empty() : mixedAccuracy;
      cleanAccuracyLost = cleanAccuracyLost == null ? Optional.empty() : cleanAccuracyLost;
      decidingPhi = decidingPhi == null ? Optional.empty() : decidingPhi;
    }
  }

  /** A share before and after the repair. */
  public record BeforeAfter(Proportion before, Proportion after) {}

  /**
   * The strongest trigger of a size for {@code label}: share of images, in percent, that it forces
   * on the network as it came and, made anew, on the repaired one; what triggers of that size for
   * other labels reach there; whether the label still stands out among them.
   *
   * @param trigger what it is called: patch, warp or shift
   * @param size of it: how many a patch covers, how far a warp moves them; of a shift how far
   *     channels are raised, in units of their scale
   */
  public record Relapse(
      int label,
      String trigger,
      @JsonProperty("pixels") double size,
      double before,
      double after,
      double otherLabels,
      boolean standsOut) {
    /** The trigger in words: "patch of 20 pixels". */
    public String shown() {
      return String.format(
          Locale.ROOT,
          size < 10 ? "%s of %.2f %s" : "%s of %.0f %s",
          trigger,
          size,
          TriggerFamily.SHIFT.equals(trigger) ? "scales" : "pixels");
    }
  }

  /** Channels that could be pruned, and those that were. */
  public record Channels(int total, int pruned) {}

  /**
   * A count before, and after leaving out what the repair set to zero; with {@link Compact}, that
   * of the file.
   */
  public record Counts(long before, long after) {}

  /**
   * What taking pruned channels out of the file brought, against the file with them zeroed.
   *
   * @param removed pruned channels that are gone
   * @param masked those that are still there, zeroed, and why
   * @param fileBytes of the model file
   * @param secondsPerImage of one evaluation on this machine, the best of a few
   * @param images that were timed in one batch, and compared
   * @param largestLogitDifference of the two on these images
   */
  public record Compact(
      int removed,
      List<Compaction.Masked> masked,
      Counts fileBytes,
      Times secondsPerImage,
      int images,
      double largestLogitDifference) {}

  /** Seconds before and after. */
  public record Times(double before, double after) {}

  /**
   * Duration in all and by stage.
   *
   * @param shared how much of it was the time of an earlier repair, whose hunt this one took
   */
  public record Seconds(double total, Map<String, Double> stages, Optional<Double> shared) {}

  /** The model and its hashes; {@code sha256.after} only if a repaired file was written. */
  public record Model(
      String path, String architecture, String preprocessing, int classes, Hashes sha256) {}

  /** SHA-256 of the files, in lower-case hexadecimal. */
  public record Hashes(String before, Optional<String> after) {}

  /** The clean images: all there were, and the drawn sample. */
  public record Data(String name, String sha256, int sample, int holdOut) {}

  /** Which images the figures come from. */
  public record MeasuredOn(String cleanAccuracy, String syntheticAsr, Optional<String> trueAsr) {}

  /** What counts as repaired: points of accuracy lost, percent of success left. */
  public record Policy(double maxCaDrop, double maxAsr) {}

  /** The hunt's findings about one label; {@code success} in percent. */
  public record Label(
      int label,
      String name,
      double norm,
      double anomalyIndex,
      double success,
      boolean accused,
      boolean doubtful) {}
}
