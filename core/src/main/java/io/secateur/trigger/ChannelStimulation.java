package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.data.Partition;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Channel;
import io.secateur.nn.CouplingGroups;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.Stage;
import io.secateur.nn.Stages;
import io.secateur.run.RunContext;
import io.secateur.train.Precision;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which channels say a label by themselves: the output of one batch-norm channel is raised
 * everywhere, on clean images, and the answers are counted. A backdoor is a short cut from channels
 * that clean images leave silent to its label, whatever the trigger looks like, so that several
 * channels force its label, each alone, on nearly every image.
 *
 * <pre>
 *   z_c ← z_c + k |γ_c|                         z the output of the batch norm, γ its scale
 *   voice(c, t) = |{x : y ≠ t, f(x; z_c raised) = t}| / |{x : y ≠ t}|
 *   t is suspect if its n-th strongest voice is at least s
 * </pre>
 *
 * <p>Channels are those of the last stage of equal resolution but one: further on the channels of
 * each class force it on any network, and earlier ones act like changes of the image.
 *
 * <p>Cost: a forward pass from the channel to the scores for each channel and image.
 *
 * <p>Source: the stimulation of inner neurons of Liu et al., "ABS: Scanning Neural Networks for
 * Back-Doors by Artificial Brain Stimulation", CCS 2019. Differs from it in: channels are raised by
 * one step in units of their own scale, where ABS traces the outputs over a range of values;
 * answers are counted, where ABS compares scores; no trigger is made from what is found.
 */
public final class ChannelStimulation {

  /**
   * What is raised, how far, and what is told from it.
   *
   * @param images asked, as many of each class as possible
   * @param strength k
   * @param voices n
   * @param share s, in (0, 1]
   * @param precision of the forward passes
   */
  public record Settings(
      int images, double strength, int voices, double share, Precision precision) {
    /** 80 images, k = 6, the fourth voice, at least 0.9. */
    public static final Settings DEFAULT = new Settings(80, 6, 4, 0.9, Precision.AUTO);

    /** Checks every range. */
    public Settings {
      Checks.require(images >= 1, "images", images, ">= 1");
      Checks.require(Checks.positive(strength), "strength", strength, "> 0");
      Checks.require(voices >= 1, "voices", voices, ">= 1");
      Checks.require(share > 0 && share <= 1, "share", share, "in (0, 1]");
    }
  }

  /**
   * How loud a channel says a label.
   *
   * @param share of the images of other labels that get it, in [0, 1]
   */
  public record Voice(Channel channel, int label, double share) {}

  private final Settings settings;

  /** A stimulation with {@code settings}. */
  public ChannelStimulation(Settings settings) {
    this.settings = settings;
  }

  /** The batch norms that are raised; empty if there is none. */
  public static List<Node> norms(Network network) {
    List<List<Node>> stages = new ArrayList<>();
    List<Node> prunable = CouplingGroups.of(network.architecture()).prunableNorms();
    for (Stage stage : Stages.of(network.architecture())) {
      List<Node> norms =
          prunable.stream().filter(norm -> stage.nodes().contains(norm.name())).toList();
      if (!norms.isEmpty()) {
        stages.add(norms);
      }
    }
    return stages.isEmpty() ? List.of() : stages.get(Math.max(0, stages.size() - 2));
  }

  /** By label, its voices, the strongest first. */
  public List<List<Voice>> run(Network network, ImageSet images, RunContext context) {
    ImageSet asked = asked(images, context);
    List<Node> norms = norms(network);
    List<List<Voice>> voices = new ArrayList<>();
    for (int label = 0; label < network.classes(); label++) {
      voices.add(new ArrayList<>());
    }
    context.progress().begin("stimulate channels", norms.size());
    Scope.run(
        () -> {
          Interpreter interpreter = Interpreter.evaluating(network, settings.precision().format());
          Tensor pixels =
              Tensor.of(asked.floats(asked.indices()), asked.shape().batch(asked.size()));
          for (int n = 0; n < norms.size(); n++) {
            Node norm = norms.get(n);
            Scope.run(() -> stimulate(interpreter, norm, pixels, asked, voices));
            context.progress().advance(n + 1, norm.name());
          }
        });
    voices.forEach(each -> each.sort(Comparator.comparingDouble(Voice::share).reversed()));
    context.progress().end(summary(voices));
    return voices;
  }

  private ImageSet asked(ImageSet images, RunContext context) {
    int count = Math.min(settings.images(), images.size());
    long seed = context.seeds().seed("stimulated images");
    return images.select(Partition.draw(images.labels(), images.classes(), count, seed).chosen());
  }

  /** Adds the voices of one batch norm's channels, each raised on what was computed up to there. */
  private void stimulate(
      Interpreter interpreter, Node norm, Tensor pixels, ImageSet asked, List<List<Voice>> voices) {
    Map<String, Tensor> before =
        interpreter.activations(pixels, interpreter.boundary(Set.of(norm.name())));
    float[] scale = interpreter.network().weights().get(norm.name() + ".weight").floats();
    for (int channel = 0; channel < scale.length; channel++) {
      float[] raise = new float[scale.length];
      raise[channel] = (float) (settings.strength() * Math.abs(scale[channel]));
      long[] answers = Scope.value(() -> answers(interpreter, norm, before, raise));
      Channel raised = new Channel(norm.name(), channel);
      for (int label = 0; label < voices.size(); label++) {
        voices.get(label).add(new Voice(raised, label, share(answers, asked, label)));
      }
    }
  }

  private long[] answers(
      Interpreter interpreter, Node norm, Map<String, Tensor> before, float[] raise) {
    Map<String, Tensor> raised = new HashMap<>(before);
    Tensor step = Tensor.of(raise, 1, raise.length, 1, 1).to(settings.precision().format());
    raised.compute(norm.name(), (name, z) -> Objects.requireNonNull(z).add(step));
    return interpreter.resume(raised, Hooks.NONE).argmax(1).toLongs();
  }

  private static double share(long[] answers, ImageSet asked, int label) {
    int others = 0;
    int forced = 0;
    for (int i = 0; i < answers.length; i++) {
      if (asked.label(i) != label) {
        others++;
        forced += answers[i] == label ? 1 : 0;
      }
    }
    return others == 0 ? 0 : (double) forced / others;
  }

  /** The n-th strongest voice of a label; 0 if it has fewer. */
  public double chorus(List<Voice> voices) {
    return voices.size() < settings.voices() ? 0 : voices.get(settings.voices() - 1).share();
  }

  /** The label that most channels agree on, if they are loud enough. */
  public Optional<Integer> suspect(List<List<Voice>> voices) {
    int loudest = loudest(voices);
    return chorus(voices.get(loudest)) >= settings.share()
        ? Optional.of(loudest)
        : Optional.empty();
  }

  private int loudest(List<List<Voice>> voices) {
    int loudest = 0;
    for (int label = 1; label < voices.size(); label++) {
      loudest = chorus(voices.get(label)) > chorus(voices.get(loudest)) ? label : loudest;
    }
    return loudest;
  }

  private String summary(List<List<Voice>> voices) {
    int loudest = loudest(voices);
    return String.format(
        Locale.ROOT,
        "%d channels say label %d, each on %.0f %% of the images or more",
        settings.voices(),
        loudest,
        100 * chorus(voices.get(loudest)));
  }
}
