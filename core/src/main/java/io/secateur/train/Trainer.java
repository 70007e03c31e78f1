package io.secateur.train;

import io.secateur.engine.Engine;
import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.run.Progress;
import io.secateur.run.SeedTree;
import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The training loop. For equal inputs, seeds and thread counts the result is the same bit by bit on
 * one machine. All randomness of an epoch (order of images, augmentation, dropout) grows from the
 * seed and the epoch's number alone.
 */
public final class Trainer {
  private final TrainingSettings settings;
  private final Objective objective;
  private final EpochWatch watch;

  private Trainer(TrainingSettings settings, Objective objective, EpochWatch watch) {
    this.settings = settings;
    this.objective = objective;
    this.watch = watch;
  }

  /** A trainer that lowers cross-entropy. */
  public static Trainer of(TrainingSettings settings) {
    return new Trainer(settings, Objective.crossEntropy(settings), EpochWatch.NONE);
  }

  /** The same with another objective. */
  public Trainer lowering(Objective other) {
    return new Trainer(settings, other, watch);
  }

  /** The same, watched. */
  public Trainer watchedBy(EpochWatch other) {
    return new Trainer(settings, objective, other);
  }

  /**
   * Trains all weights of a copy of {@code start}.
   *
   * @param progress gets one stage called "training", of as many steps as there are batches
   * @throws TrainingDiverged if the loss is no finite number any more
   */
  public Network train(Network start, BatchSource images, SeedTree seeds, Progress progress) {
    if (!images.shape().equals(start.architecture().input())) {
      throw new IllegalArgumentException(
          "images of "
              + images.shape()
              + " for a network that reads "
              + start.architecture().input());
    }
    if (images.size() == 0) {
      throw new IllegalArgumentException("there is no image to train on");
    }
    try (Scope weights = Scope.open()) {
      return new Run(Interpreter.training(start), images, seeds, progress).all();
    }
  }

  /** One training: everything that changes while it goes on. */
  private final class Run {
    private final Interpreter network;
    private final Optimizer optimizer;
    private final BatchSource images;
    private final SeedTree seeds;
    private final Progress progress;
    private final int batchSize;
    private final int batches;
    private long step;

    Run(Interpreter network, BatchSource images, SeedTree seeds, Progress progress) {
      this.network = network;
      this.images = images;
      this.seeds = seeds;
      this.progress = progress;
      this.batchSize = Math.min(settings.batchSize(), images.size());
      this.batches = images.size() / batchSize;
      boolean nesterov = settings.momentum() > 0;
      this.optimizer =
          Optimizer.sgd(
              network.parameters(),
              settings.schedule().rate(0, steps()),
              settings.momentum(),
              settings.weightDecay(),
              nesterov);
    }

    private long steps() {
      return (long) settings.epochs() * batches;
    }

    Network all() {
      progress.begin("training", steps());
      double loss = 0;
      String seen = "";
      for (int epoch = 1; epoch <= settings.epochs(); epoch++) {
        loss = epoch(epoch, seen);
        seen = watch.epoch(epoch, loss, network::snapshot);
      }
      progress.end(
          String.format(Locale.ROOT, "loss %.3f%s", loss, seen.isEmpty() ? "" : ", " + seen));
      return network.snapshot();
    }

    /** Sees every image once; returns the mean loss. */
    private double epoch(int epoch, String seen) {
      SeedTree branch = seeds.child("epoch-" + epoch);
      Engine.seed(branch.seed("dropout"));
      RandomGenerator random = branch.random("images");
      int[] order = shuffled(images.size(), branch.random("order"));
      double total = 0;
      for (int b = 0; b < batches; b++) {
        int[] indices = Arrays.copyOfRange(order, b * batchSize, (b + 1) * batchSize);
        double loss = learn(batch(indices, random));
        if (!Double.isFinite(loss)) {
          throw new TrainingDiverged(epoch);
        }
        total += loss;
        step++;
        progress.advance(
            step,
            String.format(
                Locale.ROOT,
                "epoch %d/%d, loss %.3f%s",
                epoch,
                settings.epochs(),
                total / (b + 1),
                seen.isEmpty() ? "" : ", " + seen));
      }
      return total / batches;
    }

    private Batch batch(int[] indices, RandomGenerator random) {
      Batch loaded = images.load(indices, random);
      float[] augmented = settings.augmentation().apply(loaded.images(), images.shape(), random);
      return images.finish(new Batch(augmented, loaded.labels()), indices, random);
    }

    /** One step down the gradient; returns the loss before it. */
    private double learn(Batch batch) {
      FeatureShape shape = images.shape();
      optimizer.learningRate(settings.schedule().rate(step, steps()));
      try (Scope temporaries = Scope.open()) {
        Tensor x =
            Tensor.of(
                batch.images(),
                batch.labels().length,
                shape.channels(),
                shape.height(),
                shape.width());
        Tensor loss = objective.loss(network, x, Tensor.of(batch.labels()));
        optimizer.minimise(loss);
        return loss.item();
      }
    }
  }

  /** 0 … count − 1 in random order (Fisher–Yates). */
  private static int[] shuffled(int count, RandomGenerator random) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
