package io.secateur.train;

import io.secateur.engine.Autograd;
import io.secateur.engine.Engine;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.run.Stopwatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The training loop. For equal inputs, seeds and thread counts the result is the same bit by bit on
 * one machine, interrupted or not: all randomness of a step (which images, augmentation, dropout)
 * grows from the seed, the epoch and the step alone, and the weights with the optimisers' memory
 * are kept from time to time, and when it is interrupted. The next batch is prepared while the
 * present one is learnt.
 */
public final class Trainer {
  private static final String STATE = "training";
  private static final double SECONDS_BETWEEN_STATES = 60;

  private final TrainingSettings settings;
  private final Objective objective;
  private final EpochWatch watch;
  private final double secondsBetweenStates;

  private Trainer(
      TrainingSettings settings,
      Objective objective,
      EpochWatch watch,
      double secondsBetweenStates) {
    this.settings = settings;
    this.objective = objective;
    this.watch = watch;
    this.secondsBetweenStates = secondsBetweenStates;
  }

  /** A trainer that lowers cross-entropy. */
  public static Trainer of(TrainingSettings settings) {
    return new Trainer(
        settings, Objective.crossEntropy(settings), EpochWatch.NONE, SECONDS_BETWEEN_STATES);
  }

  /** The same with another objective. */
  public Trainer lowering(Objective other) {
    return new Trainer(settings, other, watch, secondsBetweenStates);
  }

  /** The same, watched. */
  public Trainer watchedBy(EpochWatch other) {
    return new Trainer(settings, objective, other, secondsBetweenStates);
  }

  /** The same, keeping its state after so many seconds each; a minute unless told otherwise. */
  public Trainer keepingEvery(double seconds) {
    return new Trainer(settings, objective, watch, seconds);
  }

  /** How it trains. */
  public TrainingSettings settings() {
    return settings;
  }

  /**
   * Trains all weights of a copy of {@code start}.
   *
   * @param run gets one stage called "training", of as many steps as there are batches; keeps the
   *     state under "training" and goes on from it
   * @throws TrainingDiverged if the loss is no finite number any more
   */
  public Trained train(Network start, BatchSource images, RunContext run) {
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
      return new Run(start, images, run).all();
    }
  }

  /** One training: everything that changes while it goes on. */
  private final class Run {
    private final List<Learner> learners = new ArrayList<>();
    private final BatchSource images;
    private final RunContext run;
    private final int batchSize;
    private final int batches;
    private long step;
    private double total;
    private String seen = "";
    private Stopwatch sinceKept = Stopwatch.start();

    Run(Network start, BatchSource images, RunContext run) {
      this.images = images;
      this.run = run;
      this.batchSize = Math.min(settings.batchSize(), images.size());
      this.batches = images.size() / batchSize;
      learners.add(new Learner(start, settings.descent(), settings.schedule()));
      for (Companion companion : objective.companions()) {
        learners.add(new Learner(companion.start(), companion.descent(), companion.schedule()));
      }
      run.checkpoints().state(STATE).ifPresent(this::goOn);
    }

    private long steps() {
      return (long) settings.epochs() * batches;
    }

    Trained all() {
      run.progress().begin("training", steps());
      boolean doneBefore = step == steps();
      double loss = 0;
      try (Preparation preparation = new Preparation(this::prepared, step, steps())) {
        while (step < steps()) {
          loss = learn(preparation.next());
        }
      }
      String told = doneBefore ? "done before" : String.format(Locale.ROOT, "loss %.3f", loss);
      run.progress().end(told + (seen.isEmpty() ? "" : ", " + seen));
      return trained();
    }

    /** Copies of the networks as they are now. */
    private Trained trained() {
      List<Network> networks =
          learners.stream().map(learner -> learner.interpreter().snapshot()).toList();
      return new Trained(networks.get(0), networks.subList(1, networks.size()));
    }

    /** Learns one batch; returns the mean loss of the epoch so far. */
    private double learn(Batch batch) {
      int epoch = (int) (step / batches) + 1;
      int inEpoch = (int) (step % batches) + 1;
      double loss = descend(batch);
      if (!Double.isFinite(loss)) {
        throw new TrainingDiverged(epoch);
      }
      total += loss;
      double mean = total / inEpoch;
      step++;
      if (inEpoch == batches) {
        seen = watch.epoch(epoch, mean, this::trained);
        total = 0;
      }
      if (step < steps() && sinceKept.seconds() >= secondsBetweenStates) {
        keep();
      }
      tell(epoch, mean);
      return mean;
    }

    /** Who is told may end the training here; then nothing learnt is lost. */
    private void tell(int epoch, double loss) {
      String watched = seen.isEmpty() ? "" : ", " + seen;
      String note =
          String.format(
              Locale.ROOT, "epoch %d/%d, loss %.3f%s", epoch, settings.epochs(), loss, watched);
      try {
        run.progress().advance(step, note);
      } catch (RuntimeException ended) {
        keep();
        throw ended;
      }
    }

    /** One step down the gradient; returns the loss before it. */
    private double descend(Batch batch) {
      FeatureShape shape = images.shape();
      SeedTree seeds = seeds(step);
      Engine.seed(seeds.seed("dropout"));
      learners.forEach(learner -> learner.prepare(step, steps()));
      try (Scope temporaries = Scope.open()) {
        Tensor x = Tensor.of(batch.images(), shape.batch(batch.labels().length));
        Tensor loss =
            objective.loss(
                new Objective.Step(
                    learners.get(0).interpreter(),
                    learners.stream().skip(1).map(Learner::interpreter).toList(),
                    x,
                    Tensor.of(batch.labels()),
                    seeds.random("objective"),
                    (double) step / steps()));
        descend(loss);
        return loss.item();
      }
    }

    /** All gradients are taken before any weight moves. */
    private void descend(Tensor loss) {
      List<Tensor> variables =
          learners.stream().flatMap(learner -> learner.variables().stream()).toList();
      List<Tensor> gradients = Autograd.gradients(loss, variables);
      int from = 0;
      for (Learner learner : learners) {
        int to = from + learner.variables().size();
        learner.optimizer().step(gradients.subList(from, to));
        from = to;
      }
    }

    /** What the batch of a step is made of; called from another thread. */
    private Batch prepared(long which) {
      SeedTree epoch = run.seeds().child("epoch-" + (which / batches + 1));
      int[] order = shuffled(images.size(), epoch.random("order"));
      int first = (int) (which % batches) * batchSize;
      int[] indices = Arrays.copyOfRange(order, first, first + batchSize);
      RandomGenerator random = seeds(which).random("images");
      Batch loaded = images.load(indices, random);
      float[] augmented = settings.augmentation().apply(loaded.images(), images.shape(), random);
      return images.finish(new Batch(augmented, loaded.labels()), indices, random);
    }

    private SeedTree seeds(long which) {
      return run.seeds().child("epoch-" + (which / batches + 1), "step-" + which % batches);
    }

    private void keep() {
      if (!run.checkpoints().keepsStates()) {
        return;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(bytes)) {
        out.writeLong(step);
        out.writeDouble(total);
        out.writeUTF(seen);
        for (Learner learner : learners) {
          learner.write(out);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      run.checkpoints().keep(STATE, bytes.toByteArray());
      sinceKept = Stopwatch.start();
    }

    private void goOn(byte[] state) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
        step = in.readLong();
        total = in.readDouble();
        seen = in.readUTF();
        for (Learner learner : learners) {
          learner.read(in);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the state of another training", e);
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
