package io.secateur.defence;

import io.secateur.agent.GradientMaskSearch;
import io.secateur.agent.GreedySearch;
import io.secateur.agent.MaskSearch;
import java.util.List;

/** All built-in defences by name. */
public final class Defences {
  private static final List<String> NAMES =
      List.of(
          "onp",
          "greedy",
          "masks",
          "ft",
          "fp",
          "anp",
          "clp",
          "rnp",
          "nad",
          "ft-sam",
          "i-bau",
          "sau",
          "nc",
          "stimulation");

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
  public static Defence named(String name, DefenceSettings settings, Policy policy) {
    return switch (name) {
      case "onp" -> pruning(name, settings.agent(), settings, policy);
      case "greedy" -> pruning(name, GreedySearch.DEFAULT, settings, policy);
      case "masks" -> pruning(name, GradientMaskSearch.DEFAULT, settings, policy);
      case "ft" -> treated(new FineTuning(settings.ft()), settings, policy);
      case "fp" -> treated(new FinePruning(settings.fp()), settings, policy);
      case "anp" -> treated(new AdversarialNeuronPruning(settings.anp()), settings, policy);
      case "clp" -> treated(new ChannelLipschitzness(settings.clp()), settings, policy);
      case "rnp" -> treated(new ReconstructiveNeuronPruning(settings.rnp()), settings, policy);
      case "nad" -> treated(new Nad(settings.nad()), settings, policy);
      case "ft-sam" -> treated(new FtSam(settings.ftSam()), settings, policy);
      case "i-bau" -> treated(new IBau(settings.iBau()), settings, policy);
      case "sau" -> treated(new Sau(settings.sau()), settings, policy);
      case "stimulation" ->
          treated(new StimulationPruning(settings.stimulation()), settings, policy);
      case "nc" -> new TriggerUnlearning(settings.nc(), policy, settings.sources());
      default ->
          throw new IllegalArgumentException(
              "method '" + name + "': expected one of " + String.join(", ", NAMES));
    };
  }

  private static Defence pruning(
      String name, MaskSearch search, DefenceSettings settings, Policy policy) {
    return new TriggerPruning(name, search, settings.pruning(), policy, settings.sources());
  }

  private static Defence treated(Treatment treatment, DefenceSettings settings, Policy policy) {
    return settings.hunt()
        ? new TreatedDefence(treatment, policy, settings.sources())
        : TreatedDefence.withoutHunt(treatment, policy);
  }
}
