package io.secateur.defence;

import io.secateur.agent.GradientMaskSearch;
import io.secateur.agent.GreedySearch;
import io.secateur.agent.MaskSearch;
import java.util.List;

/** All built-in defences by name. */
public final class Defences {
  private static final List<String> NAMES =
      List.of(
          "onp", "greedy", "masks", "ft", "fp", "anp", "clp", "rnp", //
          "nad", "ft-sam", "i-bau", "sau", "nc");

  private Defences() {}

  /** The names that {@link #named} knows. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * The defence called {@code name}.
   *
   * @param agent what {@code onp} searches with
   * @param fineTuning settings of {@code ft}
   * @param pruners settings of {@code fp}, {@code anp}, {@code clp} and {@code rnp}
   * @param tuners settings of {@code nad}, {@code ft-sam}, {@code i-bau}, {@code sau} and {@code
   *     nc}
   * @throws IllegalArgumentException naming what exists
   */
  public static Defence named(
      String name,
      TriggerPruning.Settings settings,
      MaskSearch agent,
      FineTuning.Settings fineTuning,
      PrunerSettings pruners,
      TunerSettings tuners,
      Policy policy,
      TriggerSources sources) {
    return switch (name) {
      case "onp" -> pruning(name, agent, settings, policy, sources);
      case "greedy" -> pruning(name, GreedySearch.DEFAULT, settings, policy, sources);
      case "masks" -> pruning(name, GradientMaskSearch.DEFAULT, settings, policy, sources);
      case "ft" -> new TreatedDefence(new FineTuning(fineTuning), policy, sources);
      case "fp" -> new TreatedDefence(new FinePruning(pruners.fp()), policy, sources);
      case "anp" ->
          new TreatedDefence(new AdversarialNeuronPruning(pruners.anp()), policy, sources);
      case "clp" -> new TreatedDefence(new ChannelLipschitzness(pruners.clp()), policy, sources);
      case "rnp" ->
          new TreatedDefence(new ReconstructiveNeuronPruning(pruners.rnp()), policy, sources);
      case "nad" -> new TreatedDefence(new Nad(tuners.nad()), policy, sources);
      case "ft-sam" -> new TreatedDefence(new FtSam(tuners.ftSam()), policy, sources);
      case "i-bau" -> new TreatedDefence(new IBau(tuners.iBau()), policy, sources);
      case "sau" -> new TreatedDefence(new Sau(tuners.sau()), policy, sources);
      case "nc" -> new TriggerUnlearning(tuners.nc(), policy, sources);
      default ->
          throw new IllegalArgumentException(
              "method '" + name + "': expected one of " + String.join(", ", NAMES));
    };
  }

  private static Defence pruning(
      String name,
      MaskSearch search,
      TriggerPruning.Settings settings,
      Policy policy,
      TriggerSources sources) {
    return new TriggerPruning(name, search, settings, policy, sources);
  }
}
