package io.secateur.defence;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.ImageSet;
import io.secateur.nn.Network;
import io.secateur.trigger.SynthesisResult;
import io.secateur.trigger.Trigger;
import io.secateur.trigger.TriggerHunt;
import io.secateur.trigger.TriggerSynthesis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleBiFunction;

/**
 * A synthesis that finds what the test says: for every label a trigger of a given norm, which is
 * the true one for the target and a grey image for the others. Remembers what it was asked.
 */
final class Scripted implements TriggerSynthesis {
  static final double BLAMELESS = 40;

  private final ToDoubleBiFunction<Network, Integer> norms;
  private final List<Integer> asked = new ArrayList<>();

  private Scripted(ToDoubleBiFunction<Network, Integer> norms) {
    this.norms = norms;
  }

  /** The target's trigger has this norm, that of any other label about {@link #BLAMELESS}. */
  static Scripted target(double norm) {
    return new Scripted((network, label) -> norm(label, norm));
  }

  /** Like {@link #target}, but on networks other than {@code suspect} with another norm. */
  static Scripted target(Network suspect, double norm, double later) {
    return new Scripted((network, label) -> norm(label, network == suspect ? norm : later));
  }

  private static double norm(int label, double targetNorm) {
    return label == PlantedChannel.TARGET ? targetNorm : BLAMELESS + label;
  }

  TriggerHunt hunt() {
    return new TriggerHunt(TriggerHunt.Settings.defaults(), steps -> this);
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
    return new SynthesisResult(label, trigger, norm, 1, true, List.of(norm), 1);
  }

  private static Trigger grey() {
    float[] mask = new float[64];
    float[] pattern = new float[3 * 64];
    Arrays.fill(mask, 0.9f);
    Arrays.fill(pattern, 0.5f);
    return new Trigger.Patch(mask, pattern, 8, 8);
  }
}
