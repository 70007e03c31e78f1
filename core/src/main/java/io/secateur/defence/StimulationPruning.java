package io.secateur.defence;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.secateur.data.CleanSample;
import io.secateur.nn.Network;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import io.secateur.trigger.ChannelStimulation;
import io.secateur.trigger.ChannelStimulation.Voice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Prunes the channels that force one label by themselves ({@link ChannelStimulation}): every voice
 * of the suspect label that is as loud as makes it suspect; the quietest stays where a layer would
 * lose all its channels. Needs no trigger. A network on which no label has enough voices is left as
 * it is. Clean accuracy has no say in it.
 *
 * <p>Not from a paper: ABS, whose stimulation it is, makes triggers from such neurons and prunes
 * none.
 *
 * @param settings of the stimulation
 */
public record StimulationPruning(ChannelStimulation.Settings settings) implements Treatment {
  @Override
  public String name() {
    return "stimulation";
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there is no batch norm
   */
  @Override
  public void check(Network network) {
    if (ChannelStimulation.norms(network).isEmpty()) {
      throw new IllegalArgumentException(
          "stimulation raises batch-norm channels and "
              + network.architecture().name()
              + " has none; expected a network with batch norm");
    }
  }

  @Override
  public Treated treat(Network suspect, CleanSample clean, RunContext run) {
    ChannelStimulation stimulation = new ChannelStimulation(settings);
    List<List<Voice>> voices = stimulation.run(suspect, clean.tune(), run.under(name()));
    Optional<Integer> label = stimulation.suspect(voices);
    run.progress()
        .event(
            "stimulation",
            Map.of(
                "suspect", label.map(String::valueOf).orElse("none"),
                "choruses", voices.stream().map(stimulation::chorus).toList()));
    if (label.isEmpty()) {
      return Treated.of(suspect);
    }
    PruningPlan plan = plan(voices.get(label.get()));
    return new Treated(Surgery.apply(suspect, plan), plan);
  }

  /** The loud ones of a label's voices; the score is the share of images that they force. */
  private PruningPlan plan(List<Voice> voices) {
    Map<String, Long> left =
        voices.stream().collect(groupingBy(voice -> voice.channel().node(), counting()));
    List<PrunedChannel> pruned = new ArrayList<>();
    for (Voice voice : voices) {
      String layer = voice.channel().node();
      if (voice.share() >= settings.share() && left.getOrDefault(layer, 0L) > 1) {
        left.merge(layer, -1L, Long::sum);
        pruned.add(
            new PrunedChannel(
                layer,
                voice.channel().index(),
                voice.share(),
                String.format(
                    Locale.ROOT,
                    "raised by itself, it forces label %d on %.0f %% of the images of others",
                    voice.label(),
                    100 * voice.share())));
      }
    }
    return new PruningPlan(pruned);
  }
}
