package io.secateur.defence;

import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.Engine;
import io.secateur.engine.Ops;
import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import io.secateur.run.RunContext;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Adversarial Neuron Pruning (Wu and Wang, NeurIPS 2021): backdoored networks fail more easily when
 * their neurons are disturbed, and those that make them fail carry the backdoor. Masks m on γ of
 * every batch-norm channel are learnt against an adversary that changes γ and β:
 *
 * <pre>
 * min over m in [0,1]   α L(m, 0, 0) + (1 − α) max over δ, ξ in [−ε, ε] of L(m, δ, ξ)
 * L(m, δ, ξ) = cross-entropy with batch norms of (m + δ) γ and (1 + ξ) β
 * </pre>
 *
 * <p>Inside, δ and ξ begin uniform and take signed-gradient steps of ε / steps; outside, SGD with
 * momentum 0.9 moves m, which is clipped to [0, 1]. Batch norm uses the statistics of its batch
 * throughout. Then channels with small masks are pruned in the network as it came.
 *
 * <p>Defaults of the authors (csdongxian/ANP_backdoor, optimize_mask_cifar.py). Differs from their
 * code in: δ and ξ are put back into [−ε, ε] after each step, as the paper has it; there they reach
 * 2ε. Pruning zeroes β along with γ. The threshold is chosen on hold-out images, see {@link
 * MaskThreshold}; no layer loses its last channel. Masked are those batch norms whose channels are
 * not the image's or class scores.
 */
public final class AdversarialNeuronPruning implements Treatment {
  private static final double MOMENTUM = 0.9;

  /**
   * Settings.
   *
   * @param iterations steps of the masks, at least 1
   * @param learningRate of the masks, in (0, 10]
   * @param epsilon ε, in (0, 1]
   * @param steps of the adversary in each iteration, at least 1
   * @param alpha α, in [0, 1]
   * @param batchSize images per iteration, drawn with replacement
   * @param augmentation of these images
   * @param precision of convolutions
   * @param cut threshold on the masks, and what it may cost in points
   */
  public record Settings(
      int iterations,
      double learningRate,
      double epsilon,
      int steps,
      double alpha,
      int batchSize,
      Augmentation augmentation,
      Precision precision,
      Cut cut) {
    /** 2,000 iterations at 0.2, ε 0.4 in one step, α 0.2, batches of 128, at most 1 point. */
    public static final Settings DEFAULT =
        new Settings(
            2000,
            0.2,
            0.4,
            1,
            0.2,
            128,
            Augmentation.CROP_AND_FLIP,
            Precision.AUTO,
            new Cut.HoldOut(1));

    /** Rejects values out of range. */
    public Settings {
      Ranges.atLeastOne("iterations", iterations);
      Ranges.rate("learningRate", learningRate);
      Ranges.positiveShare("epsilon", epsilon);
      Ranges.atLeastOne("steps", steps);
      Ranges.share("alpha", alpha);
      Ranges.atLeastOne("batchSize", batchSize);
    }
  }

  private final Settings settings;

  /** Adversarial Neuron Pruning with {@code settings}. */
  public AdversarialNeuronPruning(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "anp";
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there is no batch norm
   */
  @Override
  public void check(Network network) {
    NormMasks.check(name(), network);
  }

  @Override
  public Treated treat(Network suspect, CleanSample clean, RunContext run) {
    RunContext own = run.under(name());
    Map<String, float[]> masks = masks(suspect, clean.tune(), own);
    HoldOutAccuracy accuracy = new HoldOutAccuracy(suspect, clean.holdOut(), own);
    PruningPlan plan = MaskThreshold.plan(settings.cut(), masks, accuracy, own);
    return new Treated(Surgery.apply(suspect, plan), plan);
  }

  /** The learnt masks: batch norm → m per channel. */
  Map<String, float[]> masks(Network suspect, ImageSet images, RunContext run) {
    CleanBatches batches = new CleanBatches(images, settings.augmentation(), settings.batchSize());
    try (Scope variables = Scope.open()) {
      Interpreter network = Interpreter.unfolded(suspect);
      NormMasks masks = new NormMasks(suspect.architecture());
      List<Tensor> m = masks.variables();
      Optimizer sgd = Optimizer.sgd(m, settings.learningRate(), MOMENTUM, 0, false);
      Rounds.play(
          "learn masks against perturbed batch norms",
          "masks",
          settings.iterations(),
          m,
          sgd,
          iteration -> {
            Engine.seed(run.seeds().seed("dropout-" + iteration));
            RandomGenerator random = run.seeds().random("iteration-" + iteration);
            try (Scope temporaries = Scope.open()) {
              var batch = batches.load(batches.withReplacement(random), random);
              NormPerturbation worst = worst(network, masks, batch, random);
              Tensor natural = loss(network, masks.hooks(), batch);
              Tensor robust = loss(network, worst.hooks(), batch);
              sgd.minimise(natural.mul(settings.alpha()).add(robust.mul(1 - settings.alpha())));
              masks.clip();
              return Rounds.Played.on(
                  String.format(
                      Locale.ROOT, "loss %.3f, perturbed %.3f", natural.item(), robust.item()));
            }
          },
          run);
      return masks.values();
    }
  }

  /** δ and ξ that raise the loss, in [−ε, ε]. */
  NormPerturbation worst(
      Interpreter network, NormMasks masks, CleanBatches.Labelled batch, RandomGenerator random) {
    double epsilon = settings.epsilon();
    NormPerturbation perturbation = NormPerturbation.drawn(masks, epsilon, random);
    for (int step = 0; step < settings.steps(); step++) {
      Tensor loss = loss(network, perturbation.hooks(), batch);
      perturbation = perturbation.ascended(loss, epsilon / settings.steps());
    }
    return perturbation;
  }

  /** Cross-entropy of a batch under {@code hooks}. */
  Tensor loss(Interpreter network, Hooks hooks, CleanBatches.Labelled batch) {
    return Ops.crossEntropy(
        Objective.logits(network, batch.images(), hooks, settings.precision()), batch.labels());
  }
}
