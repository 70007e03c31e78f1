package io.secateur.cli;

import io.secateur.agent.AgentSearch;
import io.secateur.agent.PpoMaskSettings;
import io.secateur.agent.Reward;
import io.secateur.defence.Defence;
import io.secateur.defence.Defences;
import io.secateur.defence.FineTuning;
import io.secateur.defence.Policy;
import io.secateur.defence.TriggerPruning;
import io.secateur.prune.UnitKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to repair, and what counts as repaired. */
final class MethodOptions {
  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = "onp",
      description =
          "onp (graph agent), greedy, masks (gradient) or ft (fine-tuning); default:"
              + " ${DEFAULT-VALUE}.")
  private String method = "";

  @Option(
      names = "--target",
      paramLabel = "auto|K",
      defaultValue = "auto",
      description = "Label that the backdoor leads to, if known (default: found by a hunt).")
  private String target = "";

  @Option(
      names = "--max-ca-drop",
      paramLabel = "POINTS",
      description = "Clean accuracy that may be lost, in points (default: 3).")
  private @Nullable Double maxCaDrop;

  @Option(
      names = "--max-asr",
      paramLabel = "PERCENT",
      description = "Success that synthesised triggers may keep, in percent (default: 5).")
  private @Nullable Double maxAsr;

  @Option(
      names = "--recover",
      description = "Fine-tune after pruning, the pruned channels held at zero.")
  private boolean recover;

  @Option(
      names = "--paper",
      description =
          "Stay close to the published method: residual-stream channels of the last two stages, one"
              + " round, accuracy and success only as reward.")
  private boolean paper;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the method; a wrong key lists them all. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

  /** A method that is set up. */
  record Chosen(Defence defence, Map<String, String> settings) {}

  Policy policy() {
    try {
      return new Policy(
          maxCaDrop == null ? Policy.DEFAULT.maxCaDrop() : maxCaDrop,
          maxAsr == null ? Policy.DEFAULT.maxAsr() : maxAsr);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--max-ca-drop, --max-asr: " + e.getMessage());
    }
  }

  /** The target, if named; see {@link #checkTarget}. */
  OptionalInt target() {
    if (target.equals("auto")) {
      return OptionalInt.empty();
    }
    try {
      int label = Integer.parseInt(target);
      if (label >= 0) {
        return OptionalInt.of(label);
      }
    } catch (NumberFormatException e) {
      // Refused below, in the words of the option.
    }
    throw CommandFailure.usage("--target is '" + target + "'; expected auto or a label from 0");
  }

  void checkTarget(int classes) {
    if (target().isPresent() && target().getAsInt() >= classes) {
      throw CommandFailure.usage(
          "--target is " + target + "; expected auto or a label, 0 to " + (classes - 1));
    }
  }

  Chosen method() {
    if (!Defences.names().contains(method)) {
      throw CommandFailure.usage(
          "--method is '" + method + "'; expected " + String.join(", ", Defences.names()));
    }
    Settings values = new Settings(settings);
    try {
      TriggerPruning.Settings pruning = pruning(values);
      AgentSearch agent = agent(values);
      values.finish();
      Map<String, String> used = new LinkedHashMap<>(values.used());
      used.put("recover", String.valueOf(recover));
      used.put("paper", String.valueOf(paper));
      return new Chosen(Defences.named(method, pruning, agent, policy()), used);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--set: " + e.getMessage());
    }
  }

  private TriggerPruning.Settings pruning(Settings values) {
    TriggerPruning.Settings standard = TriggerPruning.Settings.DEFAULT;
    Reward reward = paper ? Reward.hard(2, 0.005) : standard.reward();
    FineTuning.Settings tuning = FineTuning.Settings.DEFAULT;
    return new TriggerPruning.Settings(
        values.choice("units", paper ? UnitKind.STREAM : standard.units()),
        values.whole("stages", paper ? 2 : standard.stages()),
        new Reward(
            values.number("lambda", reward.lambda()),
            values.number("tau", reward.tau()),
            values.number("loss-weight", reward.lossWeight()),
            values.number("hard-share", reward.hardShare())),
        values.whole("rounds", paper ? 1 : standard.rounds()),
        values.number("strength", standard.strength()),
        standard.precision(),
        recovery(values, tuning));
  }

  private Optional<FineTuning.Settings> recovery(Settings values, FineTuning.Settings standard) {
    FineTuning.Settings chosen =
        new FineTuning.Settings(
            values.whole("recover-epochs", standard.epochs()),
            values.number("recover-rate", standard.learningRate()),
            values.whole("recover-batch", standard.batchSize()));
    return recover ? Optional.of(chosen) : Optional.empty();
  }

  private static AgentSearch agent(Settings values) {
    AgentSearch standard = AgentSearch.DEFAULT;
    PpoMaskSettings ppo = standard.ppo();
    return new AgentSearch(
        standard.graph(),
        values.truth("edgeless", standard.edgeless()),
        values.truth("warm-start", standard.warmStart()),
        values.whole("clean-images", standard.cleanImages()),
        values.whole("triggered-images", standard.triggeredImages()),
        new PpoMaskSettings(
            values.choice("encoder", ppo.encoder()),
            values.whole("iterations", ppo.iterations()),
            values.whole("masks", ppo.masks()),
            values.number("start-probability", ppo.startProbability()),
            values.whole("epochs", ppo.epochs()),
            values.number("learning-rate", ppo.learningRate()),
            values.number("clip", ppo.clip()),
            values.number("entropy", ppo.entropy()),
            values.number("gradient-clip", ppo.gradientClip()),
            values.whole("candidate-every", ppo.candidateEvery()),
            values.whole("patience", ppo.patience())));
  }
}
