package io.secateur.defence;

import io.secateur.agent.AgentSearch;
import io.secateur.agent.GradientMaskSearch;
import io.secateur.agent.GreedySearch;
import io.secateur.agent.MaskSearch;
import io.secateur.engine.Engine;
import io.secateur.trigger.ProximalCleanse;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.TriggerSynthesis;
import java.util.List;

/** All built-in defences by name. */
public final class Defences {
  private static final List<String> NAMES = List.of("onp", "greedy", "masks", "ft");

  private Defences() {}

  /** The names that {@link #named} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The defence called {@code name}.
   *
   * @throws IllegalArgumentException naming what exists
   */
  public static Defence named(
      String name, TriggerPruning.Settings settings, AgentSearch agent, Policy policy) {
    return switch (name) {
      case "onp" -> pruning(name, agent, settings, policy);
      case "greedy" -> pruning(name, GreedySearch.DEFAULT, settings, policy);
      case "masks" -> pruning(name, GradientMaskSearch.DEFAULT, settings, policy);
      case "ft" ->
          new FineTuning(FineTuning.Settings.DEFAULT, policy, TriggerHunt.standard(), synthesis());
      default ->
          throw new IllegalArgumentException(
              "method '" + name + "': expected one of " + String.join(", ", NAMES));
    };
  }

  private static Defence pruning(
      String name, MaskSearch search, TriggerPruning.Settings settings, Policy policy) {
    return new TriggerPruning(name, search, settings, policy, TriggerHunt.standard(), synthesis());
  }

  private static TriggerSynthesis synthesis() {
    return new ProximalCleanse(ProximalCleanse.Settings.defaults(), Engine.fastest());
  }
}
