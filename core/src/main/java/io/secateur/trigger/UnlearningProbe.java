package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.Ops;
import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Evaluator;
import io.secateur.metric.NonFiniteScores;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Which label a network falls back on when it forgets: its cross-entropy on clean images is raised
 * until it recognises 15 % fewer of them, and its new mistakes are counted by label. What a
 * backdoor's channels say clean images do not keep down any more, so that mistakes gather at the
 * backdoor's label, whatever the trigger looks like. Later than that clean networks, too, fall back
 * on one label.
 *
 * <pre>
 *   θ ← θ + η ∇ L(θ), L the cross-entropy of clean images, until accuracy(θ) ≤ 0.85 accuracy(θ₀)
 *   fallback share of k = |{x : f(x; θ₀) right, f(x; θ) = k wrong}| / |{x : f(x; θ₀) right, f(x; θ) wrong}|
 * </pre>
 *
 * <p>Cost: at most {@code epochs} times a forward and backward pass of as many images as three
 * batches have, or of all if they are fewer, and a further forward pass of all to count.
 *
 * <p>Source: the unlearning of Li et al., "Reconstructive Neuron Pruning for Backdoor Defense",
 * ICML 2023. Differs from the source in: the network is asked for its mistakes, and not pruned; the
 * rate stays, accuracy is looked at every three steps, no image is augmented, and what is left
 * after unlearning is a share of what was known.
 */
public final class UnlearningProbe {
  /**
   * Fewer labels are not judged: the more of the mistakes fall to each by chance, and networks of
   * ten were tried.
   */
  static final int LEAST_LABELS = 10;

  /**
   * A share above which the label is accused, and one up to which it is cleared: no clean network
   * of {@code docs/experiments/unlearning.md} exceeds the latter.
   */
  public static final double ACCUSED = 0.65;

  /** See {@link #ACCUSED}. */
  public static final double CLEARED = 0.57;

  private static final int LEAST_MISTAKES = 20;

  /**
   * Steps between looks at what is still recognised: an epoch of the 400 images that the bars were
   * set with. Of more images an epoch would go far past the point at which clean networks fall back
   * on one label as well.
   */
  private static final int STEPS = 3;

  private static final double MOMENTUM = 0.9;
  private static final double WEIGHT_DECAY = 5e-4;

  /**
   * What is unlearnt, and how long.
   *
   * @param epochs of unlearning at most, none longer than three batches
   * @param batchSize images per step
   * @param rate learning rate
   * @param left share of the images recognised at first at which it ends, in [0, 1)
   */
  public record Settings(int epochs, int batchSize, double rate, double left) {
    /** At most 100 epochs at 0.001, batches of 128, down to 0.85. */
    public static final Settings DEFAULT = new Settings(100, 128, 0.001, 0.85);

    /** Checks every range. */
    public Settings {
      Checks.require(epochs >= 1, "epochs", epochs, ">= 1");
      Checks.require(batchSize >= 1, "batchSize", batchSize, ">= 1");
      Checks.require(Checks.positive(rate), "rate", rate, "> 0");
      Checks.require(left >= 0 && left < 1, "left", left, "in [0, 1)");
    }
  }

  /** What the answers say of the label that gets most mistakes. */
  public enum Finding {
    /** No more than on clean networks, or too few labels to tell. */
    NONE,
    /** Too few mistakes to tell, as of few images. */
    TOO_FEW,
    /** More than on clean networks. */
    DOUBTS,
    /** Far more than on clean networks. */
    ACCUSES
  }

  /**
   * What a network answers after unlearning. Plain values that survive JSON.
   *
   * @param images asked
   * @param knew images that were recognised before
   * @param mistakes by label: images that were recognised before and get this label, which is wrong
   * @param epochs it took, none longer than three batches
   */
  public record Answers(int images, int knew, List<Integer> mistakes, int epochs) {
    /** Copies the list. */
    public Answers {
      mistakes = List.copyOf(mistakes);
    }

    /** The label that gets most mistakes; the first of several. */
    public int label() {
      int most = 0;
      for (int label = 1; label < mistakes.size(); label++) {
        most = mistakes.get(label) > mistakes.get(most) ? label : most;
      }
      return most;
    }

    /** All mistakes. */
    public int total() {
      return mistakes.stream().mapToInt(Integer::intValue).sum();
    }

    /** The share of the mistakes at {@link #label}, in [0, 1]; 0 where there is none. */
    public double share() {
      return total() == 0 ? 0 : (double) mistakes.get(label()) / total();
    }

    /** What that says. */
    public Finding finding() {
      if (mistakes.size() < LEAST_LABELS) {
        return Finding.NONE;
      }
      if (total() < LEAST_MISTAKES) {
        return Finding.TOO_FEW;
      }
      if (share() <= CLEARED) {
        return Finding.NONE;
      }
      return share() > ACCUSED ? Finding.ACCUSES : Finding.DOUBTS;
    }

    /** Passes of one image that it took; one that only goes forward is a half. */
    long passes() {
      long stepped = Math.min(images, STEPS * Settings.DEFAULT.batchSize());
      return epochs * stepped + (epochs + 1L) * images / 2;
    }

    /** The same in a sentence without a full stop. */
    public String sentence() {
      return String.format(
          Locale.ROOT,
          "made to forget clean images, the network gives %.0f %% of its %d new mistakes to label %d",
          100 * share(),
          total(),
          label());
    }
  }

  private final Settings settings;

  /** A probe with {@code settings}. */
  public UnlearningProbe(Settings settings) {
    this.settings = settings;
  }

  /**
   * Makes a copy of {@code network} forget {@code images} and asks for them; a checkpoint under
   * {@code name}.
   */
  public Answers run(String name, Network network, ImageSet images, RunContext context) {
    return context
        .checkpoints()
        .once(name, Answers.class, () -> answers(name, network, images, context));
  }

  private Answers answers(String name, Network suspect, ImageSet images, RunContext context) {
    int[] all = images.indices();
    int[] before = Evaluator.predict(suspect, images, all);
    int knew = right(before, images);
    List<Integer> mistakes = mistakes(before, before, images);
    Batches batches =
        new Batches(
            images.size(),
            settings.batchSize(),
            new SplittableRandom(context.seeds().seed(name, "batches")));
    int steps = Math.min(STEPS, Math.max(1, images.size() / batches.size()));
    int epoch = 0;
    context.progress().begin("unlearn clean images", settings.epochs());
    try (Scope variables = Scope.open()) {
      Interpreter network = Interpreter.training(suspect);
      Optimizer sgd =
          Optimizer.sgd(network.parameters(), settings.rate(), MOMENTUM, WEIGHT_DECAY, false);
      boolean forgotten = false;
      while (!forgotten && epoch < settings.epochs()) {
        for (int step = 0; step < steps; step++) {
          ascend(network, sgd, images, batches.next());
        }
        epoch++;
        int[] now;
        try {
          now = Evaluator.predict(network.snapshot(), images, all);
        } catch (NonFiniteScores overshot) {
          break;
        }
        mistakes = mistakes(before, now, images);
        int knows = right(now, images);
        forgotten = knows <= settings.left() * knew;
        context
            .progress()
            .advance(
                epoch,
                String.format(Locale.ROOT, "%d of %d known are still recognised", knows, knew));
      }
    }
    Answers answers = new Answers(images.size(), knew, mistakes, epoch);
    context
        .progress()
        .end(
            String.format(
                Locale.ROOT,
                "%.0f %% of %d mistakes to label %d",
                100 * answers.share(),
                answers.total(),
                answers.label()));
    return answers;
  }

  /** One step up the gradient of the cross-entropy; none where that has left the numbers. */
  private static void ascend(Interpreter network, Optimizer sgd, ImageSet images, int[] batch) {
    FeatureShape shape = images.shape();
    try (Scope temporaries = Scope.open()) {
      Tensor x = Tensor.of(images.floats(batch), shape.batch(batch.length));
      Tensor logits = Objective.logits(network, x, Hooks.TRAINING, Precision.AUTO);
      Tensor loss = Ops.crossEntropy(logits, Tensor.of(images.labels(batch)));
      if (Double.isFinite(loss.item())) {
        sgd.minimise(loss.neg());
      }
    }
  }

  private static int right(int[] answers, ImageSet images) {
    int right = 0;
    for (int i = 0; i < answers.length; i++) {
      right += answers[i] == images.label(i) ? 1 : 0;
    }
    return right;
  }

  /** By label: answers that were right before and are wrong now. */
  private static List<Integer> mistakes(int[] before, int[] now, ImageSet images) {
    int[] counts = new int[images.classes()];
    for (int i = 0; i < now.length; i++) {
      boolean mistaken = before[i] == images.label(i) && now[i] != images.label(i);
      counts[now[i]] += mistaken ? 1 : 0;
    }
    List<Integer> counted = new ArrayList<>();
    for (int count : counts) {
      counted.add(count);
    }
    return counted;
  }
}
