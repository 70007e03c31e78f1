package io.secateur.defence;

import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.defence.CleanBatches.Labelled;
import io.secateur.engine.Autograd;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.train.Descent;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.TrainingSettings;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Unlearning of backdoors by an implicit hypergradient: the weights are made to withstand the
 * perturbation that, added to every image, misleads them most.
 *
 * <pre>
 *   min_θ outer(δ*(θ), θ),   δ*(θ) = argmin_δ inner(δ, θ)
 *   inner = − mean_x CE( f(x + δ), y ) + λ ‖δ‖₂²          δ [C, H, W], one for all images
 *   outer = mean_x CE( f(x + m_x δ), y )                  m_x is 1 for a small share of a batch
 * </pre>
 *
 * A round begins with δ = 0 and one pass over the tuning images, a step of {@code ascent} up each
 * batch, with the network's own answers for y. Then every batch moves the weights along the {@link
 * Hypergradient} by Adam; its inner loss is that of the first batch. Batch norm keeps its running
 * statistics throughout.
 *
 * <p>Cost: a step takes 2 (K + 1) passes forward and backward beside the outer one, in float32,
 * because second derivatives in bfloat16 are noise.
 *
 * <p>Source: Zeng et al., "Adversarial Unlearning of Backdoors via Implicit Hypergradient", ICLR
 * 2022, algorithm 1; settings of the authors' code (YiZeng623/I-BAU) with the learning rate of
 * BackdoorBench.
 *
 * <p>Differs from the source in: batches are drawn anew each round and a smaller rest is left out;
 * at least one image of a batch carries δ, where the authors round the share down, which gives none
 * in batches under 100; the last round is the result, none is picked by its test figures.
 */
public final class IBau implements TrainedTreatment {
  /**
   * Settings.
   *
   * @param rounds perturbations sought and unlearnt, at least 1
   * @param learningRate of Adam on the weights, above 0; the authors take 1e-3
   * @param batchSize images per step
   * @param iterations K of the fixed point, at least 1
   * @param stepSize η of the fixed point's map, above 0
   * @param ascent step up the inner loss while δ is made, above 0
   * @param penalty λ of its squared length, at least 0
   * @param share of a batch that carries δ, in (0, 1); at least one image does
   */
  public record Settings(
      int rounds,
      double learningRate,
      int batchSize,
      int iterations,
      double stepSize,
      double ascent,
      double penalty,
      double share) {
    /** 5 rounds of batches of 100, Adam 1e-4, K 5, η 0.1, ascent 10, penalty 0.001, share 0.01. */
    public static final Settings DEFAULT = new Settings(5, 1e-4, 100, 5, 0.1, 10, 0.001, 0.01);

    /** Rejects values out of range. */
    public Settings {
      Ranges.atLeastOne("rounds", rounds);
      Ranges.rate("learningRate", learningRate);
      Ranges.atLeastOne("batchSize", batchSize);
      Ranges.atLeastOne("iterations", iterations);
      Ranges.positive("stepSize", stepSize);
      Ranges.positive("ascent", ascent);
      Ranges.notNegative("penalty", penalty);
      Ranges.positive("share", share);
      Ranges.within("share", share, 0, 1);
    }
  }

  private final Settings settings;

  /** Unlearning with {@code settings}. */
  public IBau(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "i-bau";
  }

  @Override
  public TrainingSettings training() {
    return new TrainingSettings(
        settings.rounds(),
        settings.batchSize(),
        new Schedule.Constant(settings.learningRate()),
        new Descent.Adam(0.9, 0.999),
        0,
        Augmentation.NONE,
        Precision.FLOAT32);
  }

  @Override
  public Objective objective(Network suspect, CleanSample clean, RunContext run) {
    return new Unlearning(clean.tune(), run);
  }

  /** The outer loss with the hypergradient; δ is a checkpoint of each round. */
  private final class Unlearning implements Objective {
    private final FeatureShape shape;
    private final CleanBatches batches;
    private final RunContext run;

    /** Batches that δ is made from, the same in every round. */
    private final int[][] order;

    private int round = -1;
    private float @Nullable [] perturbation;

    Unlearning(ImageSet images, RunContext run) {
      this.shape = images.shape();
      this.batches = new CleanBatches(images, Augmentation.NONE, settings.batchSize());
      this.run = run;
      this.order = batches.epoch(run.seeds().random("order"));
    }

    @Override
    public Tensor loss(Step step) {
      Interpreter network = step.network();
      Tensor delta = delta((int) (step.share() * settings.rounds() + 1e-9), network);
      Tensor carriers = carriers(step.images().size(0), step.random());
      Labelled first = load(0);
      List<Tensor> weights = network.parameters();
      Hypergradient hypergradient =
          Hypergradient.at(
              delta,
              weights,
              d -> inner(network, first.images(), first.labels(), d),
              d ->
                  Ops.crossEntropy(
                      network.forward(step.images().add(carriers.mul(d))), step.labels()),
              settings.stepSize(),
              settings.iterations());
      return PrescribedGradient.of(hypergradient.outer(), weights, hypergradient.gradients());
    }

    /** δ [1, C, H, W] of a round, made when the round begins. */
    private Tensor delta(int present, Interpreter network) {
      float[] known = perturbation;
      if (known == null || round != present) {
        known =
            run.checkpoints()
                .once("perturbation-" + present, float[].class, () -> ascended(network));
        perturbation = known;
        round = present;
      }
      return tensor(known);
    }

    private float[] ascended(Interpreter network) {
      float[] delta = new float[shape.size()];
      for (int batch = 0; batch < order.length; batch++) {
        float[] before = delta;
        int number = batch;
        delta =
            Scope.value(
                () -> {
                  Labelled clean = load(number);
                  Tensor d = tensor(before).requireGradient();
                  Tensor x = clean.images();
                  Tensor answers = Scope.withoutGradients(() -> network.forward(x).argmax(1));
                  Tensor loss = inner(network, x, answers, d);
                  Tensor slope = Autograd.gradients(loss, List.of(d)).get(0);
                  return d.detach().sub(slope.mul(settings.ascent())).toFloats();
                });
      }
      return delta;
    }

    private Tensor tensor(float[] values) {
      return Tensor.of(values, shape.batch(1));
    }

    private Labelled load(int batch) {
      return batches.load(order[batch], run.seeds().random("order"));
    }

    /** 1 for the images [N, 1, 1, 1] that carry δ, 0 for the others. */
    private Tensor carriers(int count, RandomGenerator random) {
      float[] carries = new float[count];
      int left = Math.max(1, (int) (count * settings.share()));
      while (left > 0) {
        int image = random.nextInt(count);
        left -= carries[image] == 0 ? 1 : 0;
        carries[image] = 1;
      }
      return Tensor.of(carries, count, 1, 1, 1);
    }
  }

  private Tensor inner(Interpreter network, Tensor images, Tensor labels, Tensor delta) {
    return Ops.crossEntropy(network.forward(images.add(delta)), labels)
        .neg()
        .add(delta.square().sum().mul(settings.penalty()));
  }
}
