package io.secateur.defence;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Network;
import io.secateur.trigger.ContinuedSynthesis;
import io.secateur.trigger.FamilyHunt;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.Trigger;
import io.secateur.trigger.TriggerFamily;
import io.secateur.trigger.TriggerHunt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/**
 * A synthesis that finds what the test says: for every label a trigger of a given norm, which is
 * the true one for the target and a grey image for the others. Remembers what it was asked.
 */
class Scripted implements ContinuedSynthesis {
  static final double BLAMELESS = 40;

  /** What the strongest patch does for labels other than the target. */
  private static final double ADVERSARIAL = 0.3;

  private final ToDoubleBiFunction<Network, Integer> norms;
  private final double blamelessSuccess;
  private final List<Integer> asked = new ArrayList<>();

  private Scripted(ToDoubleBiFunction<Network, Integer> norms, double blamelessSuccess) {
    this.norms = norms;
    this.blamelessSuccess = blamelessSuccess;
  }

  /** The target's trigger has this norm, that of any other label about {@link #BLAMELESS}. */
  static Scripted target(double norm) {
    return new Scripted((network, label) -> norm(label, norm), 1);
  }

  /** Like {@link #target}, with triggers that are said to work, whatever the network. */
  static Scripted claiming(double norm) {
    return new Scripted((network, label) -> norm(label, norm), 1) {
      @Override
      double success(Network network, ImageSet images) {
        return 1;
      }
    };
  }

  /** Like {@link #target}, but on networks other than {@code suspect} with another norm. */
  static Scripted target(Network suspect, double norm, double later) {
    return new Scripted((network, label) -> norm(label, network == suspect ? norm : later), 1);
  }

  /**
   * Strongest patches: the target's forces its label on such a share of images on the first
   * network, the second and so on, other labels' now and then.
   */
  static Scripted strongest(double... shares) {
    List<Network> seen = new ArrayList<>();
    return new Scripted((network, label) -> norm(label, BLAMELESS), ADVERSARIAL) {
      @Override
      double success(Network network, ImageSet images) {
        if (seen.stream().noneMatch(one -> one == network)) {
          seen.add(network);
        }
        return shares[seen.indexOf(network)];
      }
    };
  }

  private static double norm(int label, double targetNorm) {
    return label == PlantedChannel.TARGET ? targetNorm : BLAMELESS + label;
  }

  TriggerHunt hunt() {
    return new TriggerHunt(TriggerHunt.Settings.defaults(), steps -> this);
  }

  /** This synthesis for everything; strongest patches force other labels now and then. */
  TriggerSources sources(double strength) {
    TriggerFamily scripted =
        new TriggerFamily(
            TriggerFamily.PATCH, hunt(), this, pixels -> new Scripted(norms, ADVERSARIAL));
    return new TriggerSources(new FamilyHunt(List.of(scripted)), strength);
  }

  /** Labels that were sought, in order. */
  List<Integer> asked() {
    return List.copyOf(asked);
  }

  @Override
  public SynthesisResult synthesise(Network network, ImageSet images, int label, long seed) {
    asked.add(label);
    double norm = norms.applyAsDouble(network, label);
    Trigger trigger = label == PlantedChannel.TARGET ? PlantedChannel.trigger() : grey();
    double success = label == PlantedChannel.TARGET ? success(network, images) : blamelessSuccess;
    return new SynthesisResult(label, trigger, norm, success, true, List.of(norm), 1);
  }

  @Override
  public SynthesisResult from(
      Trigger start, Network network, ImageSet images, int label, long seed) {
    return synthesise(network, images, label, seed);
  }

  double success(Network network, ImageSet images) {
    int[] others = images.without(PlantedChannel.TARGET);
    float[] logits =
        Scope.value(
            () -> {
              Tensor pixels = Tensor.of(images.floats(others), others.length, 3, 8, 8);
              return Evaluator.logits(network, PlantedChannel.trigger().apply(pixels).toFloats());
            });
    int classes = network.classes();
    int hits = 0;
    for (int row = 0; row < others.length; row++) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = logits[row * classes + k] > logits[row * classes + best] ? k : best;
      }
      hits += best == PlantedChannel.TARGET ? 1 : 0;
    }
    return (double) hits / others.length;
  }

  private static Trigger grey() {
    float[] mask = new float[64];
    float[] pattern = new float[3 * 64];
    Arrays.fill(mask, 0.9f);
    Arrays.fill(pattern, 0.5f);
    return new Trigger.Patch(mask, pattern, 8, 8);
  }
}
