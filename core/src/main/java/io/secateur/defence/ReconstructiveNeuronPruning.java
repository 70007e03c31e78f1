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
import io.secateur.run.SeedTree;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.TrainingDiverged;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Reconstructive Neuron Pruning (Li et al., ICML 2023): a network that has unlearnt clean images
 * keeps its backdoor; masks that bring the clean function back must shut it out.
 *
 * <ol>
 *   <li>Unlearn: max over all weights θ of L(θ) on clean images, until no more than a fifth of them
 *       is still recognised. SGD 0.001 with momentum 0.9 and weight decay 5e-4; the rate falls to a
 *       tenth after 10 epochs.
 *   <li>Recover: min over m in [0, 1] of α L(m ⊙ γ; θ unlearnt), masks on γ of every batch-norm
 *       channel. SGD 0.2 with momentum 0.9.
 *   <li>Prune the channels with small masks in the network as it came.
 * </ol>
 *
 * <p>L is cross-entropy, with batch norm on the statistics of the batch. Defaults of the authors
 * (bboylyg/RNP, main.py). Differs from their code in: unlearning goes at a tenth of their rate, as
 * a network that has overshot the mark cannot be brought back by masks; pruning zeroes β along with
 * γ. The threshold is chosen on hold-out images, see {@link MaskThreshold}; no layer loses its last
 * channel. If the accuracy never falls far enough, what is left after the last epoch goes on.
 * Masked are those batch norms whose channels are not the image's or class scores. Their gradient
 * clip, which comes before the gradient and so does nothing, is left out.
 */
public final class ReconstructiveNeuronPruning implements Treatment {
  private static final double MOMENTUM = 0.9;
  private static final double WEIGHT_DECAY = 5e-4;
  private static final int EPOCHS_AT_ONE_RATE = 10;

  /**
   * Settings.
   *
   * @param unlearnEpochs at most, at least 1
   * @param unlearnRate learning rate of all weights, in (0, 10]
   * @param stopAccuracy unlearning ends after an epoch with at most this accuracy, in [0, 1]
   * @param recoverEpochs at least 1
   * @param recoverRate learning rate of the masks, in (0, 10]
   * @param alpha α, in (0, 1]
   * @param batchSize images per step
   * @param augmentation of these images
   * @param precision of convolutions
   * @param cut threshold on the masks, and what it may cost in points
   */
  public record Settings(
      int unlearnEpochs,
      double unlearnRate,
      double stopAccuracy,
      int recoverEpochs,
      double recoverRate,
      double alpha,
      int batchSize,
      Augmentation augmentation,
      Precision precision,
      Cut cut) {
    /** 20 epochs at 0.001 down to 0.2; 20 epochs at 0.2, α 0.2; batches of 128; at most 1 point. */
    public static final Settings DEFAULT =
        new Settings(
            20,
            0.001,
            0.2,
            20,
            0.2,
            0.2,
            128,
            Augmentation.CROP_AND_FLIP,
            Precision.AUTO,
            new Cut.HoldOut(1));

    /** Rejects values out of range. */
    public Settings {
      Ranges.atLeastOne("unlearnEpochs", unlearnEpochs);
      Ranges.rate("unlearnRate", unlearnRate);
      Ranges.share("stopAccuracy", stopAccuracy);
      Ranges.atLeastOne("recoverEpochs", recoverEpochs);
      Ranges.rate("recoverRate", recoverRate);
      Ranges.positiveShare("alpha", alpha);
      Ranges.atLeastOne("batchSize", batchSize);
    }
  }

  private final Settings settings;

  /** Reconstructive Neuron Pruning with {@code settings}. */
  public ReconstructiveNeuronPruning(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "rnp";
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
    Network unlearnt = unlearnt(suspect, clean.tune(), own.under("unlearn"));
    Map<String, float[]> masks = masks(unlearnt, clean.tune(), own.under("recover"));
    HoldOutAccuracy accuracy = new HoldOutAccuracy(suspect, clean.holdOut(), own);
    PruningPlan plan = MaskThreshold.plan(settings.cut(), masks, accuracy, own);
    return new Treated(Surgery.apply(suspect, plan), plan);
  }

  /** Step 1: the network that does not know {@code images} any more. */
  Network unlearnt(Network suspect, ImageSet images, RunContext run) {
    try (Scope variables = Scope.open()) {
      Interpreter network = Interpreter.training(suspect);
      List<Tensor> weights =
          suspect.architecture().requiredTensors().keySet().stream()
              .map(network::parameter)
              .toList();
      Optimizer sgd =
          Optimizer.sgd(
              network.parameters(), settings.unlearnRate(), MOMENTUM, WEIGHT_DECAY, false);
      Rounds.play(
          "unlearn clean images",
          "weights",
          settings.unlearnEpochs(),
          weights,
          sgd,
          epoch -> {
            int decays = epoch / EPOCHS_AT_ONE_RATE;
            sgd.learningRate(settings.unlearnRate() * Math.pow(0.1, decays));
            Consumer<Tensor> ascend = loss -> sgd.minimise(loss.neg());
            Epoch seen = epoch(network, Hooks.TRAINING, images, seeds(run, epoch), ascend);
            if (!Double.isFinite(seen.loss())) {
              throw new TrainingDiverged(epoch + 1);
            }
            boolean forgotten = seen.accuracy() <= settings.stopAccuracy();
            return new Rounds.Played(seen.toString(), forgotten);
          },
          run);
      return network.snapshot();
    }
  }

  /** Step 2: the masks under which {@code unlearnt} knows {@code images} again. */
  Map<String, float[]> masks(Network unlearnt, ImageSet images, RunContext run) {
    try (Scope variables = Scope.open()) {
      Interpreter network = Interpreter.unfolded(unlearnt);
      NormMasks masks = new NormMasks(unlearnt.architecture());
      List<Tensor> m = masks.variables();
      Optimizer sgd = Optimizer.sgd(m, settings.recoverRate(), MOMENTUM, 0, false);
      Rounds.play(
          "recover by masks",
          "masks",
          settings.recoverEpochs(),
          m,
          sgd,
          epoch -> {
            Consumer<Tensor> descend =
                loss -> {
                  sgd.minimise(loss.mul(settings.alpha()));
                  masks.clip();
                };
            Epoch seen = epoch(network, masks.hooks(), images, seeds(run, epoch), descend);
            return Rounds.Played.on(seen.toString());
          },
          run);
      return masks.values();
    }
  }

  /** One pass over all images; {@code step} is given the cross-entropy of every batch. */
  private Epoch epoch(
      Interpreter network, Hooks hooks, ImageSet images, SeedTree seeds, Consumer<Tensor> step) {
    Engine.seed(seeds.seed("dropout"));
    RandomGenerator random = seeds.random("images");
    CleanBatches source = new CleanBatches(images, settings.augmentation(), settings.batchSize());
    double loss = 0;
    double correct = 0;
    for (int[] indices : source.epoch(random)) {
      try (Scope temporaries = Scope.open()) {
        var batch = source.load(indices, random);
        Tensor logits = Objective.logits(network, batch.images(), hooks, settings.precision());
        Tensor crossEntropy = Ops.crossEntropy(logits, batch.labels());
        loss += crossEntropy.item() * indices.length;
        correct += logits.argmax(1).equalTo(batch.labels()).sum().item();
        step.accept(crossEntropy);
      }
    }
    return new Epoch(loss / images.size(), correct / images.size());
  }

  private static SeedTree seeds(RunContext run, int epoch) {
    return run.seeds().child("epoch-" + epoch);
  }

  /** How an epoch went: mean loss and accuracy in [0, 1] of its batches, each before its step. */
  private record Epoch(double loss, double accuracy) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "loss %.3f, accuracy %.1f %%", loss, 100 * accuracy);
    }
  }
}
