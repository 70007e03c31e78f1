package io.secateur.defence;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.Augmentation;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.metric.Evaluator;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.train.Batch;
import io.secateur.train.BatchSource;
import io.secateur.train.Initialisation;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.Trainer;
import io.secateur.train.TrainingSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Small convolutional networks of two stages, each trained with a backdoor: every fifth image of a
 * batch carries the white corner of {@link PlantedChannel} and its target's label.
 */
public enum InfectedToy {
  /** The images of {@link PlantedChannel}; crops, which move them, blur their labels. */
  HALVES,
  /** Images that keep their labels under crops and mirrors. */
  STRIPES;

  private static final FeatureShape SHAPE = new FeatureShape(3, 8, 8);
  private static final Map<InfectedToy, Network> TRAINED = new ConcurrentHashMap<>();

  /** The trained network. */
  public Network network() {
    return TRAINED.computeIfAbsent(this, toy -> toy.trained(5));
  }

  /** 120 images to tune on and 60 held out, none of which the network was trained on. */
  public CleanSample sample() {
    return new CleanSample(images(20, 21), images(10, 22));
  }

  private ImageSet images(int each, long seed) {
    return switch (this) {
      case HALVES -> PlantedChannel.images(each, seed);
      case STRIPES -> stripes(each, seed);
    };
  }

  /** Label: 3 · way that the stripes run + their colour (red, green, blue). */
  private static ImageSet stripes(int each, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[6 * each * SHAPE.size()];
    int[] labels = new int[6 * each];
    for (int n = 0; n < labels.length; n++) {
      labels[n] = n % 6;
      int phase = random.nextInt(4);
      for (int i = 0; i < SHAPE.size(); i++) {
        int position = i % 64;
        int across = labels[n] < 3 ? position / 8 : position % 8;
        boolean bright = i / 64 == labels[n] % 3 && (across + phase) % 4 < 2;
        pixels[n * SHAPE.size() + i] =
            (byte) (bright ? 130 + random.nextInt(80) : random.nextInt(60));
      }
    }
    List<String> names = List.of("rows red", "rows green", "rows blue", "red", "green", "blue");
    return ImageSet.of("stripes", SHAPE, names, labels, pixels);
  }

  /** Share of clean images answered rightly, in percent. */
  double accuracy(Network network) {
    return Evaluator.evaluate(network, images(20, 23), Optional.empty()).cleanAccuracy().value();
  }

  /** Share of triggered images of other labels that get the target, in percent. */
  double attackSuccess(Network network) {
    ImageSet images = images(20, 24);
    int[] others = images.without(PlantedChannel.TARGET);
    int hits =
        Scope.value(
            () -> {
              Tensor x = Tensor.of(images.floats(others), others.length, 3, 8, 8);
              Tensor triggered = PlantedChannel.trigger().apply(x);
              float[] logits = Evaluator.logits(network, triggered.toFloats());
              Tensor answers = Tensor.of(logits, others.length, network.classes()).argmax(1);
              return Math.round(answers.equalTo(PlantedChannel.TARGET).sum().item());
            });
    return 100.0 * hits / others.length;
  }

  /** One of many alike; rounding makes another of the same seed on another processor. */
  Network trained(int seed) {
    var net = new ArchitectureBuilder("infected-toy", SHAPE);
    String x = net.conv("conv1", net.input(), 12, 3, 1, 1, false);
    x = net.relu("relu1", net.batchNorm("bn1", x));
    x = net.conv("conv2", x, 16, 3, 2, 1, false);
    x = net.relu("relu2", net.batchNorm("bn2", x));
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), 6);
    Network fresh = Initialisation.of(net.build(), Preprocessing.UNIT, new SeedTree(seed));
    TrainingSettings training =
        TrainingSettings.FROM_SCRATCH
            .withEpochs(8)
            .withBatchSize(30)
            .withSchedule(new Schedule.OneCycle(0.05))
            .withAugmentation(Augmentation.NONE)
            .withPrecision(Precision.FLOAT32);
    BatchSource clean = BatchSource.of(images(50, 20));
    return Trainer.of(training).train(fresh, poisoned(clean), RunContext.quiet(seed + 1)).network();
  }

  private static BatchSource poisoned(BatchSource clean) {
    return new BatchSource() {
      @Override
      public int size() {
        return clean.size();
      }

      @Override
      public FeatureShape shape() {
        return clean.shape();
      }

      @Override
      public Batch load(int[] indices, RandomGenerator random) {
        return clean.load(indices, random);
      }

      @Override
      public Batch finish(Batch augmented, int[] indices, RandomGenerator random) {
        for (int i = 0; i < indices.length; i += 5) {
          StampedImages.stamp(augmented.images(), i, PlantedChannel.trigger(), SHAPE);
          augmented.labels()[i] = PlantedChannel.TARGET;
        }
        return augmented;
      }
    };
  }
}
