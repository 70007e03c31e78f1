package io.secateur.trigger;

import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Neural Cleanse: the smallest patch that turns every image into one label.
 *
 * <pre>
 *   min over u, v of  mean_x CE( f( (1 − m) x + m p ), t ) + λ ‖m‖₁
 *   m = (tanh(u) + 1) / 2  [H, W],   p = (tanh(v) + 1) / 2  [C, H, W]
 * </pre>
 *
 * Adam on u and v; λ follows {@link CostSchedule}. Kept is the mask with the smallest norm, in
 * pixels, among the steps whose success rate passed the threshold.
 *
 * <p>Cost: steps × batches × batch size forward and backward passes of one image, and one forward
 * pass of all images for the final success rate.
 *
 * <p>Source: Wang et al., "Neural Cleanse: Identifying and Mitigating Backdoor Attacks in Neural
 * Networks", IEEE S&amp;P 2019, sections IV and V; settings of the authors' reference code.
 *
 * <p>Differs from the paper in: the mask kept is the one that was measured in the last mini-batch
 * of a step, not the one after the update that follows. Images of the label itself may be left out,
 * because they count as successes of any trigger, the empty one included.
 */
public final class NeuralCleanse implements TriggerSynthesis {

  /** Where the search starts. */
  public enum Start {
    /** u = v = 1: a mask of about 0.88 everywhere. */
    ONES,
    /** m and p uniform in [0, 1], from the seed. */
    RANDOM
  }

  /**
   * How the search is run.
   *
   * @param steps most steps taken
   * @param batchesPerStep mini-batches of one step, each followed by an update
   * @param batchSize images of one mini-batch
   * @param learningRate of Adam
   * @param beta1 of Adam
   * @param beta2 of Adam
   * @param initialCost first λ above 0
   * @param zeroStart λ is 0 until the trigger works
   * @param costUp factor that raises λ
   * @param costDown divisor that lowers λ
   * @param patience steps of success or failure in a row before λ moves
   * @param successThreshold share of a step's images that must get the label
   * @param stopPatience steps without a better norm before the search ends
   * @param start first mask and pattern
   * @param excludeLabel leave out the images of the label itself
   */
  public record Settings(
      int steps,
      int batchesPerStep,
      int batchSize,
      double learningRate,
      double beta1,
      double beta2,
      double initialCost,
      boolean zeroStart,
      double costUp,
      double costDown,
      int patience,
      double successThreshold,
      int stopPatience,
      Start start,
      boolean excludeLabel) {
    /** Checks every range. */
    public Settings {
      Checks.require(steps >= 1, "steps", steps, ">= 1");
      Checks.require(batchesPerStep >= 1, "batchesPerStep", batchesPerStep, ">= 1");
      Checks.require(batchSize >= 1, "batchSize", batchSize, ">= 1");
      Checks.require(Checks.positive(learningRate), "learningRate", learningRate, "> 0");
      Checks.require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "in [0, 1)");
      Checks.require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "in [0, 1)");
      Checks.require(Checks.positive(initialCost), "initialCost", initialCost, "> 0");
      Checks.require(costUp > 1 && Checks.positive(costUp), "costUp", costUp, "> 1");
      Checks.require(costDown > 1 && Checks.positive(costDown), "costDown", costDown, "> 1");
      Checks.require(patience >= 1, "patience", patience, ">= 1");
      Checks.require(
          successThreshold > 0 && successThreshold <= 1,
          "successThreshold",
          successThreshold,
          "in (0, 1]");
      Checks.require(stopPatience >= 1, "stopPatience", stopPatience, ">= 1");
    }

    /** The authors' own: 1,000 steps of 31 mini-batches of 32. Hours on a processor. */
    public static Settings original() {
      return new Settings(
          1000,
          31,
          32,
          0.1,
          0.5,
          0.9,
          1e-3,
          true,
          2,
          Math.pow(2, 1.5),
          5,
          0.99,
          25,
          Start.RANDOM,
          false);
    }

    /** These with another number of steps. */
    public Settings withSteps(int other) {
      return new Settings(
          other,
          batchesPerStep,
          batchSize,
          learningRate,
          beta1,
          beta2,
          initialCost,
          zeroStart,
          costUp,
          costDown,
          patience,
          successThreshold,
          stopPatience,
          start,
          excludeLabel);
    }
  }

  private final Settings settings;
  private final NumberFormat format;

  /**
   * A search with {@code settings}.
   *
   * @param format in which the search computes; the final success is always measured in float32
   */
  public NeuralCleanse(Settings settings, NumberFormat format) {
    this.settings = settings;
    this.format = format;
  }

  @Override
  public SynthesisResult synthesise(Network network, ImageSet images, int label, long seed) {
    try (Scope scope = Scope.open()) {
      SplittableRandom random = new SplittableRandom(seed);
      Search search = new Search(images.shape(), random);
      LabelGoal goal =
          new LabelGoal(
              network,
              format,
              images,
              settings.excludeLabel(),
              label,
              settings.batchSize(),
              random);
      boolean goOn = true;
      while (goOn && search.best.smallest().size() < settings.steps()) {
        goOn = search.step(goal);
      }
      long steps = search.best.smallest().size();
      return SynthesisResult.of(
          network,
          images,
          label,
          search.trigger(),
          search.best.found(),
          search.best.smallest(),
          steps * settings.batchesPerStep() * goal.batchSize());
    }
  }

  /** The state of one run for one label. */
  private final class Search {
    private final FeatureShape shape;
    private final Tensor u;
    private final Tensor v;
    private final Optimizer adam;
    private final CostSchedule schedule = new CostSchedule(settings);

    private final BestSoFar best;
    private float[] bestMask = new float[0];
    private float[] bestPattern = new float[0];

    Search(FeatureShape shape, SplittableRandom random) {
      this.shape = shape;
      this.best = new BestSoFar(shape.height() * shape.width());
      this.u = start(random, 1).requireGradient();
      this.v = start(random, shape.channels()).requireGradient();
      this.adam =
          Optimizer.adam(
              List.of(u, v), settings.learningRate(), settings.beta1(), settings.beta2());
    }

    private Tensor start(SplittableRandom random, int channels) {
      float[] values = new float[channels * shape.height() * shape.width()];
      for (int i = 0; i < values.length; i++) {
        values[i] = settings.start() == Start.ONES ? 1 : unsquashed(random.nextDouble());
      }
      return Tensor.of(values, 1, channels, shape.height(), shape.width());
    }

    /** The number whose (tanh + 1) / 2 is {@code value}, kept off the two infinite ends. */
    private static float unsquashed(double value) {
      double inside = 0.01 + 0.98 * value;
      return (float) (0.5 * Math.log(inside / (1 - inside)));
    }

    /** One step; tells whether to go on. */
    boolean step(LabelGoal goal) {
      double success = 0;
      double norm = 0;
      float[] mask = new float[0];
      float[] pattern = new float[0];
      int batches = settings.batchesPerStep();
      for (int b = 0; b < batches; b++) {
        try (Scope scope = Scope.open()) {
          Tensor m = u.tanh().add(1).mul(0.5);
          Tensor p = v.tanh().add(1).mul(0.5);
          Tensor logits = goal.logits(Trigger.Patch.blended(goal.images(), m, p));
          Tensor pixels = m.sum();
          success += goal.success(logits) / batches;
          norm += pixels.item() / batches;
          if (b + 1 == batches) {
            mask = m.toFloats();
            pattern = p.toFloats();
          }
          adam.minimise(goal.crossEntropy(logits).add(pixels.mul(schedule.cost())));
        }
      }
      boolean passed = success >= settings.successThreshold();
      if (best.improvedBy(passed, norm, success)) {
        bestMask = mask;
        bestPattern = pattern;
      }
      return schedule.next(passed, best.size());
    }

    Trigger trigger() {
      return new Trigger.Patch(bestMask, bestPattern, shape.height(), shape.width());
    }
  }
}
