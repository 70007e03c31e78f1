package io.secateur.cli;

import io.secateur.bench.BadSetting;
import io.secateur.bench.Method;
import io.secateur.defence.Defence;
import io.secateur.defence.Policy;
import io.secateur.nn.Network;
import io.secateur.prune.NoSuchUnits;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to repair, and what counts as repaired. */
final class MethodOptions {
  private static final String USUAL = "onp";

  @Option(
      names = "--method",
      paramLabel = "NAME",
      defaultValue = USUAL,
      description =
          "onp (graph agent), greedy, masks (gradient), ft (fine-tuning),"
              + " fp (Fine-Pruning), anp (Adversarial Neuron Pruning), clp (channel Lipschitzness),"
              + " rnp (Reconstructive Neuron Pruning), nad (Neural Attention Distillation), ft-sam"
              + " (sharpness-aware fine-tuning), i-bau (implicit backdoor adversarial unlearning), sau"
              + " (Shared Adversarial Unlearning), nc (unlearning of Neural Cleanse) or stimulation (channels"
              + " that say a label by themselves); default:"
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
          "The published method, as far as it is known: Neural Cleanse as published, channels of the"
              + " residual stream in the last two stages, an agent per stage that prunes step by"
              + " step, accuracy and success only as reward. The hunt takes hours; --target spares"
              + " it.")
  private boolean paper;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the method; a wrong key lists them all. Repeatable.")
  private Map<String, String> settings = new LinkedHashMap<>();

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

  /** Refuses settings that do not fit the network. */
  static void check(Defence defence, Network network) {
    try {
      defence.check(network);
    } catch (NoSuchUnits e) {
      throw CommandFailure.usage("--set units, --set stages: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--method " + defence.name() + ": " + e.getMessage());
    }
  }

  Method method() {
    return method(settings);
  }

  /** The method; if nothing of it was chosen, with the given settings in place of none. */
  Method methodOr(Map<String, String> usual) {
    boolean chosen = !method.equals(USUAL) || !settings.isEmpty() || paper;
    return method(chosen ? settings : usual);
  }

  private Method method(Map<String, String> values) {
    try {
      return Method.of(method, values, paper, recover, policy());
    } catch (BadSetting e) {
      throw CommandFailure.usage("--" + e.getMessage());
    }
  }
}
