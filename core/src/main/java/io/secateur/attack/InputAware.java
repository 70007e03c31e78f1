package io.secateur.attack;

import io.secateur.data.Augmentation;
import io.secateur.data.ImageSet;
import io.secateur.engine.Ops;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Generator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Target;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.run.RunContext;
import io.secateur.train.BatchSource;
import io.secateur.train.Companion;
import io.secateur.train.Descent;
import io.secateur.train.Initialisation;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * The Input-Aware Dynamic Backdoor Attack (Nguyen and Tran 2020; "Dynamic", IAD): every image gets
 * a trigger of its own, and the trigger of another image does nothing.
 *
 * <pre>
 * x' = x + (G(x) − x) · M(x)                                                    ({@link Generator})
 *
 * stage 1, of M:        λ_norm · mean(relu(M(x₁) − density)) + λ_div · D(M)
 * stage 2, of C and G:  cross-entropy + λ_div · D(G),  M frozen
 * D(F) = mean( rms(x₁ − x₂) / (rms(F(x₁) − F(x₂)) + 10⁻⁷) )
 * </pre>
 *
 * <p>In stage 2, of every batch the first images get their trigger and the target's label; the next
 * get the trigger of other images and keep their label (cross-trigger); the rest stay clean. The
 * trigger is put on after augmentation. Images are normalised, here by mean and deviation of the
 * training images, and distances are taken between normalised ones, also of patterns.
 *
 * <p>Differs from the authors' code (train.py):
 *
 * <ul>
 *   <li>x₂ are other images of the same batch, not of a second pass over the data: in stage 1 each
 *       image's successor, in stage 2 as many of those that stay clean as get a cross-trigger.
 *   <li>Their gradients of G are never set back to zero and pile up from step to step; ours are.
 *   <li>The learning rate of G falls to a tenth after each third of the training; theirs after 200,
 *       300, 400 and 500 of 600 epochs.
 * </ul>
 *
 * @param target labels that triggered images get
 * @param rate share of a batch that gets its trigger, in (0, 1]; rounded down
 * @param crossRate share that gets another image's trigger, in (0, 1]; rounded down; both and once
 *     more the second are at most 1
 * @param density share of an image that a mask may cover for nothing, in [0, 1)
 * @param lambdaNorm price of what it covers beyond that, at least 0
 * @param lambdaDiversity price of masks and of patterns that are alike, at least 0
 * @param maskEpochs epochs of stage 1, at least 1
 * @param learningRate of G and M at the beginning, in (0, 10]
 */
public record InputAware(
    Target target,
    double rate,
    double crossRate,
    double density,
    double lambdaNorm,
    double lambdaDiversity,
    int maskEpochs,
    double learningRate)
    implements Attack {
  /** The authors' settings. */
  public static final InputAware DEFAULT =
      new InputAware(new Target.One(0), 0.1, 0.1, 0.032, 100, 1, 25, 0.01);

  /** What the authors do to images before the trigger. */
  public static final Augmentation AUGMENTATION = new Augmentation(5, 1, 10, 1, true);

  private static final Descent DESCENT = new Descent.Adam(0.5, 0.9);
  private static final double EPSILON = 1e-7;
  private static final int BATCH = 128;

  /**
   * In bfloat16 the masks of two images soon agree in every pixel: D and its gradient have no bound
   * there.
   */
  private static final Precision GENERATORS = Precision.FLOAT32;

  /** Rejects what is out of range. */
  public InputAware {
    if (!(rate > 0 && crossRate > 0 && rate + 2 * crossRate <= 1)) {
      throw new IllegalArgumentException(
          "rate and cross-rate must be positive and rate + 2 · cross-rate at most 1, got "
              + rate
              + " and "
              + crossRate);
    }
    if (!(density >= 0 && density < 1)) {
      throw new IllegalArgumentException("density must be in [0, 1), got " + density);
    }
    if (!(lambdaNorm >= 0 && lambdaDiversity >= 0)
        || Double.isInfinite(lambdaNorm + lambdaDiversity)) {
      throw new IllegalArgumentException(
          "both lambdas must be at least 0, got " + lambdaNorm + " and " + lambdaDiversity);
    }
    if (maskEpochs < 1) {
      throw new IllegalArgumentException("mask-epochs must be at least 1, got " + maskEpochs);
    }
    if (!(learningRate > 0 && learningRate <= 10)) {
      throw new IllegalArgumentException("learning-rate must be in (0, 10], got " + learningRate);
    }
  }

  @Override
  public String name() {
    return "dynamic";
  }

  @Override
  public Augmentation augmentation() {
    return AUGMENTATION;
  }

  @Override
  public int leastBatch() {
    return (int) Math.ceil(1 / Math.min(rate, crossRate));
  }

  @Override
  public void check(ImageSet clean) {
    target.check(clean);
    InputAwareGenerators.mask(clean.shape());
  }

  @Override
  public Poisoning poison(ImageSet clean, RunContext run) {
    check(clean);
    Preprocessing normalisation = normalisation(clean);
    Network pattern =
        Initialisation.of(
            InputAwareGenerators.pattern(clean.shape()),
            normalisation,
            run.seeds().child("pattern"));
    Network mask = mask(clean, normalisation, run);
    IntUnaryOperator wanted = label -> target.of(label, clean.classes());
    return new Poisoning(
        BatchSource.of(clean),
        Optional.of(settings -> new Attacking(pattern, mask, wanted, settings)),
        companions ->
            Optional.of(new GroundTruth(name(), target, new Generator(companions.get(0), mask))),
        batch -> clean.size() / batch * (int) (rate * batch));
  }

  /** Mean and deviation of each channel over all images; a deviation of 0 counts as 1. */
  static Preprocessing normalisation(ImageSet images) {
    int channels = images.shape().channels();
    int plane = images.shape().height() * images.shape().width();
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    for (int i = 0; i < images.size(); i++) {
      byte[] pixels = images.pixels(i);
      for (int j = 0; j < pixels.length; j++) {
        double value = (pixels[j] & 0xFF) / 255.0;
        sum[j / plane] += value;
        squares[j / plane] += value * value;
      }
    }
    float[] mean = new float[channels];
    float[] deviation = new float[channels];
    double count = (double) images.size() * plane;
    for (int c = 0; c < channels; c++) {
      mean[c] = (float) (sum[c] / count);
      double variance = squares[c] / count - sum[c] / count * sum[c] / count;
      deviation[c] = variance > 1e-9 ? (float) Math.sqrt(variance) : 1;
    }
    return new Preprocessing(mean, deviation);
  }

  /** Stage 1: the mask network, trained alone. */
  private Network mask(ImageSet clean, Preprocessing normalisation, RunContext run) {
    Network fresh =
        Initialisation.of(
            InputAwareGenerators.mask(clean.shape()), normalisation, run.seeds().child("mask"));
    // A tenth after 10 and after 20 of 25 epochs.
    Schedule schedule = new Schedule.Step(learningRate, 0.1, 0.4);
    TrainingSettings settings =
        new TrainingSettings(maskEpochs, BATCH, schedule, DESCENT, 0, AUGMENTATION, GENERATORS);
    return Trainer.of(settings)
        .lowering(this::maskLoss)
        .train(fresh, BatchSource.of(clean), run.under("mask"))
        .network();
  }

  Tensor maskLoss(Objective.Step step) {
    Tensor images = step.images();
    Tensor masks = Generator.mask(Objective.logits(step.network(), images, GENERATORS));
    Tensor diversity =
        diversity(images, successors(images), masks, successors(masks), step.network());
    return masks.add(-density).relu().mean().mul(lambdaNorm).add(diversity.mul(lambdaDiversity));
  }

  /** Each entry's successor; the first follows the last. */
  private static Tensor successors(Tensor batch) {
    int count = batch.size(0);
    return Tensor.cat(0, batch.narrow(0, 1, count - 1), batch.narrow(0, 0, 1));
  }

  /** D: mean ratio of the distance of normalised images to that of what was made from them. */
  private static Tensor diversity(
      Tensor images, Tensor others, Tensor made, Tensor madeOthers, Interpreter generator) {
    Tensor distance = rms(normalised(images, generator).sub(normalised(others, generator)));
    return distance.div(rms(made.sub(madeOthers)).add(EPSILON)).mean();
  }

  /** Images as far apart as after normalisation; the mean falls out of differences. */
  private static Tensor normalised(Tensor images, Interpreter generator) {
    float[] std = generator.network().preprocessing().std();
    return images.div(Tensor.of(std, 1, std.length, 1, 1));
  }

  /** Root mean square of each entry [N, C, H, W] → [N]; its gradient at 0 is finite. */
  private static Tensor rms(Tensor difference) {
    return difference.square().mean(1, 2, 3).add(EPSILON * EPSILON).sqrt();
  }

  /** Stage 2: the classifier, with the pattern network as its companion. */
  private final class Attacking implements Objective {
    private final Network pattern;
    private final Network mask;
    private final IntUnaryOperator wanted;
    private final TrainingSettings settings;

    Attacking(Network pattern, Network mask, IntUnaryOperator wanted, TrainingSettings settings) {
      this.pattern = pattern;
      this.mask = mask;
      this.wanted = wanted;
      this.settings = settings;
    }

    @Override
    public List<Companion> companions() {
      Schedule schedule = new Schedule.Step(learningRate, 0.1, 1 / 3.0);
      return List.of(new Companion(pattern, DESCENT, schedule));
    }

    /** Cross-entropy on attacked, crossed and clean images, and diversity of the patterns. */
    @Override
    public Tensor loss(Step step) {
      int count = step.images().size(0);
      int attacked = (int) (rate * count);
      int crossed = (int) (crossRate * count);
      if (attacked == 0 || crossed == 0) {
        throw new IllegalArgumentException(
            "a batch of " + count + " images is too small to attack");
      }
      Interpreter g = step.companions().get(0);
      Tensor own = step.images().narrow(0, 0, attacked);
      Tensor crossing = step.images().narrow(0, attacked, crossed);
      Tensor others = step.images().narrow(0, attacked + crossed, crossed);
      Tensor rest = step.images().narrow(0, attacked + crossed, count - attacked - crossed);

      Tensor makers = Tensor.cat(0, own, others);
      Tensor patterns = Generator.pattern(Objective.logits(g, makers, GENERATORS));
      Tensor masks = masks(makers);
      Tensor ownPatterns = patterns.narrow(0, 0, attacked);
      Tensor otherPatterns = patterns.narrow(0, attacked, crossed);
      Tensor triggered = Generator.on(own, ownPatterns, masks.narrow(0, 0, attacked));
      Tensor crossTriggered =
          Generator.on(crossing, otherPatterns, masks.narrow(0, attacked, crossed));

      Tensor crossEntropy =
          Ops.crossEntropy(
              Objective.logits(
                  step.network(),
                  settings
                      .growth()
                      .apply(Tensor.cat(0, triggered, crossTriggered, rest), step.share()),
                  settings.precision()),
              labels(step.labels(), attacked),
              settings.labelSmoothing());
      int pairs = Math.min(attacked, crossed);
      Tensor diversity =
          diversity(
              own.narrow(0, 0, pairs),
              others.narrow(0, 0, pairs),
              normalised(ownPatterns.narrow(0, 0, pairs), g),
              normalised(otherPatterns.narrow(0, 0, pairs), g),
              g);
      return crossEntropy.add(diversity.mul(lambdaDiversity));
    }

    /** M is made anew for each step, which takes a thousandth of its time. */
    private Tensor masks(Tensor images) {
      return Scope.withoutGradients(
          () -> Generator.mask(Interpreter.evaluating(mask).forward(images)));
    }

    private Tensor labels(Tensor own, int attacked) {
      int[] labels = Arrays.stream(own.toLongs()).mapToInt(label -> (int) label).toArray();
      for (int i = 0; i < attacked; i++) {
        labels[i] = wanted.applyAsInt(labels[i]);
      }
      return Tensor.of(labels);
    }
  }
}
