package io.secateur.defence;

import io.secateur.data.ImageSet;
import io.secateur.metric.Evaluator;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Which label a network falls back on when it forgets: its cross-entropy on clean images is raised
 * for some epochs, as in the first step of {@link ReconstructiveNeuronPruning}, and its wrong
 * answers are counted. What a backdoor's channels say, clean images do not keep down any more, so
 * that the wrong answers gather at the backdoor's label, whatever the trigger looks like.
 *
 * <p>Cost: epochs of training on the images.
 *
 * <p>Source: the unlearning of Li et al., "Reconstructive Neuron Pruning for Backdoor Defense",
 * ICML 2023. Differs from the source in: the network is asked for its answers, and not pruned; it
 * unlearns for longer.
 */
public final class UnlearningProbe {
  private static final ReconstructiveNeuronPruning.Settings RNP =
      ReconstructiveNeuronPruning.Settings.DEFAULT;

  /**
   * What is unlearnt, and how long.
   *
   * @param epochs of unlearning at most
   * @param rate learning rate
   * @param stopAccuracy share of right answers at which it ends early, in [0, 1]
   */
  public record Settings(int epochs, double rate, double stopAccuracy) {
    /** 40 epochs at 0.001, down to a share of 0.2. */
    public static final Settings DEFAULT = new Settings(40, 0.001, 0.2);
  }

  /**
   * What a network answers after unlearning.
   *
   * @param images asked
   * @param wrongBefore wrong answers of the network as it came
   * @param wrong by label: answers that are wrong
   */
  public record Answers(int images, int wrongBefore, List<Integer> wrong) {
    /** Copies the list. */
    public Answers {
      wrong = List.copyOf(wrong);
    }

    /** The label that gets most wrong answers; the first of several. */
    public int label() {
      int most = 0;
      for (int label = 1; label < wrong.size(); label++) {
        most = wrong.get(label) > wrong.get(most) ? label : most;
      }
      return most;
    }

    /** All wrong answers. */
    public int wrongAnswers() {
      return wrong.stream().mapToInt(Integer::intValue).sum();
    }
  }

  private UnlearningProbe() {}

  /** Unlearns {@code images} and asks for them. */
  public static Answers of(Settings settings, Network suspect, ImageSet images, RunContext run) {
    ReconstructiveNeuronPruning.Settings unlearning =
        new ReconstructiveNeuronPruning.Settings(
            settings.epochs(),
            settings.rate(),
            settings.stopAccuracy(),
            RNP.recoverEpochs(),
            RNP.recoverRate(),
            RNP.alpha(),
            RNP.batchSize(),
            RNP.augmentation(),
            RNP.precision(),
            RNP.cut());
    Network unlearnt =
        new ReconstructiveNeuronPruning(unlearning)
            .unlearnt(suspect, images, run.under("unlearning-probe"));
    int before = wrong(suspect, images).stream().mapToInt(Integer::intValue).sum();
    return new Answers(images.size(), before, wrong(unlearnt, images));
  }

  private static List<Integer> wrong(Network network, ImageSet images) {
    int classes = network.classes();
    int[] all = images.indices();
    float[] logits = Evaluator.logits(network, images.floats(all));
    int[] wrong = new int[classes];
    for (int row = 0; row < all.length; row++) {
      int best = 0;
      for (int k = 1; k < classes; k++) {
        best = logits[row * classes + k] > logits[row * classes + best] ? k : best;
      }
      wrong[best] += best == images.label(all[row]) ? 0 : 1;
    }
    List<Integer> counted = new ArrayList<>();
    for (int count : wrong) {
      counted.add(count);
    }
    return counted;
  }
}
