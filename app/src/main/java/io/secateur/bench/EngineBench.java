package io.secateur.bench;

import io.secateur.engine.Engine;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.run.Progress;
import io.secateur.run.SeedTree;
import io.secateur.run.Stopwatch;
import io.secateur.train.Initialisation;
import io.secateur.train.Objective;
import io.secateur.train.Precision;
import io.secateur.train.TrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * How near the engine comes to the machine's limit, its matrix product, in float32 and, where the
 * processor has it, bfloat16: evaluating ResNet-18 for 32×32 images, training it, and one step of
 * the pruning agent's environment. All are timed in turns, several rounds of a few runs in a row;
 * the best run counts.
 *
 * <p>Operations are 2 per multiply-accumulate of convolutions and linear layers, and three times
 * that in training; nothing else is counted.
 */
public final class EngineBench {
  private static final FeatureShape IMAGE = new FeatureShape(3, 32, 32);
  private static final int CLASSES = 10;

  /** The first run after another task finds cold caches; the limit is what a warm one reaches. */
  private static final int IN_A_ROW = 3;

  private EngineBench() {}

  /**
   * What to measure.
   *
   * @param width channels of the network's first convolution; 64 is the published network
   * @param matrixSize rows and columns of the matrix product
   * @param evaluationBatch images of one evaluation
   * @param trainingBatch images of one training step
   * @param environmentImages clean and triggered images of one step of the environment together
   * @param rounds times that everything is measured
   */
  public record Settings(
      int width,
      int matrixSize,
      int evaluationBatch,
      int trainingBatch,
      int environmentImages,
      int rounds) {
    /** The published network; about a minute on two cores. */
    public static final Settings STANDARD = new Settings(64, 3_072, 128, 128, 400, 4);

    /** The same for another width. */
    public Settings withWidth(int other) {
      return new Settings(
          other, matrixSize, evaluationBatch, trainingBatch, environmentImages, rounds);
    }

    /** Rejects numbers below 1. */
    public Settings {
      if (width < 1
          || matrixSize < 1
          || evaluationBatch < 1
          || trainingBatch < 2
          || environmentImages < 1
          || rounds < 1) {
        throw new IllegalArgumentException("sizes and rounds must be at least 1, batches 2");
      }
    }
  }

  /** Something to time: {@code operations} per run, on {@code images} images. */
  private record Task(
      String name, NumberFormat format, int images, double operations, Runnable run) {}

  /** Measures. */
  public static EngineFigures run(Settings settings, Progress progress) {
    try (Scope scope = Scope.open()) {
      List<Task> tasks = new ArrayList<>();
      Network network = network(settings);
      tasks.addAll(tasks(settings, network, NumberFormat.FLOAT32));
      if (Engine.fastest() == NumberFormat.BFLOAT16) {
        tasks.addAll(tasks(settings, network, NumberFormat.BFLOAT16));
      }
      return figures(settings, tasks, best(tasks, settings.rounds(), progress));
    }
  }

  private static Network network(Settings settings) {
    Architecture architecture =
        StockArchitectures.build(
            "resnet18-w" + settings.width(), new StockArchitectures.Options(IMAGE, CLASSES));
    return Initialisation.of(architecture, Preprocessing.CIFAR10, new SeedTree(0));
  }

  private static List<Task> tasks(Settings settings, Network network, NumberFormat format) {
    return List.of(
        product(settings.matrixSize(), format),
        evaluation(network, settings.evaluationBatch(), format),
        training(network, settings.trainingBatch(), format),
        environment(network, settings.environmentImages(), format));
  }

  private static Task product(int size, NumberFormat format) {
    Tensor a = random(1, (long) size * size).reshape(size, size).to(format);
    return new Task(EngineFigures.PRODUCT, format, 0, 2.0 * size * size * size, () -> a.matmul(a));
  }

  private static Task evaluation(Network network, int batch, NumberFormat format) {
    Interpreter interpreter = Interpreter.evaluating(network, format);
    Tensor images = images(batch);
    double operations = 2.0 * batch * network.architecture().macs();
    return new Task(
        "evaluation",
        format,
        batch,
        operations,
        () -> Scope.withoutGradients(() -> interpreter.forward(images)));
  }

  private static Task training(Network network, int batch, NumberFormat format) {
    Interpreter interpreter = Interpreter.training(network);
    Optimizer optimizer = Optimizer.sgd(interpreter.parameters(), 0.01, 0.9, 5e-4, true);
    Objective objective =
        Objective.crossEntropy(
            TrainingSettings.FROM_SCRATCH.withPrecision(
                format == NumberFormat.FLOAT32 ? Precision.FLOAT32 : Precision.BFLOAT16));
    Tensor images = images(batch);
    Tensor labels = Tensor.of(new int[batch]);
    RandomGenerator random = new SeedTree(3).random("none drawn");
    return new Task(
        "training",
        format,
        batch,
        6.0 * batch * network.architecture().macs(),
        () ->
            optimizer.minimise(
                objective.loss(
                    new Objective.Step(interpreter, List.of(), images, labels, random, 0))));
  }

  /** One random mask on every batch norm of the last two stages, from cached activations. */
  private static Task environment(Network network, int count, NumberFormat format) {
    Interpreter interpreter = Interpreter.evaluating(network, format);
    Architecture architecture = network.architecture();
    List<Node> masked =
        architecture.nodes().stream()
            .filter(node -> node.layer() instanceof Layer.BatchNorm)
            .filter(node -> node.name().startsWith("layer3") || node.name().startsWith("layer4"))
            .toList();
    Set<String> boundary =
        interpreter.boundary(masked.stream().map(Node::name).collect(Collectors.toSet()));
    Map<String, Tensor> cached =
        Scope.withoutGradients(() -> interpreter.activations(images(count), boundary));
    RandomGenerator random = new SeedTree(1).random("masks");
    return new Task(
        "environment step",
        format,
        count,
        2.0 * count * RecomputedMacs.of(architecture, boundary),
        () ->
            Scope.withoutGradients(
                () -> {
                  Map<String, float[]> masks = new HashMap<>();
                  for (Node node : masked) {
                    float[] mask = new float[node.output().channels()];
                    for (int c = 0; c < mask.length; c++) {
                      mask[c] = random.nextInt(20) == 0 ? 0 : 1;
                    }
                    masks.put(node.name(), mask);
                  }
                  return interpreter.resume(cached, Hooks.maskedBy(masks)).argmax(1).toLongs();
                }));
  }

  private static Tensor images(int count) {
    return random(count, IMAGE.size())
        .reshape(count, IMAGE.channels(), IMAGE.height(), IMAGE.width());
  }

  private static Tensor random(long rows, long columns) {
    float[] values = new float[Math.toIntExact(rows * columns)];
    RandomGenerator random = new SeedTree(2).random("values");
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return Tensor.of(values, rows, columns);
  }

  /** Least seconds of each task. */
  private static double[] best(List<Task> tasks, int rounds, Progress progress) {
    double[] best = new double[tasks.size()];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    progress.begin("bench engine", (long) rounds * tasks.size());
    for (int round = 0; round < rounds; round++) {
      for (int t = 0; t < best.length; t++) {
        for (int run = 0; run < IN_A_ROW; run++) {
          Stopwatch watch = Stopwatch.start();
          Scope.run(tasks.get(t).run());
          best[t] = Math.min(best[t], watch.seconds());
        }
        progress.advance(
            (long) round * best.length + t + 1,
            tasks.get(t).name() + " " + EngineFigures.label(tasks.get(t).format()));
      }
    }
    progress.end("");
    return best;
  }

  private static EngineFigures figures(Settings settings, List<Task> tasks, double[] seconds) {
    Map<NumberFormat, Double> limits = new HashMap<>();
    for (int t = 0; t < seconds.length; t++) {
      if (tasks.get(t).name().equals(EngineFigures.PRODUCT)) {
        limits.put(tasks.get(t).format(), tasks.get(t).operations() / seconds[t]);
      }
    }
    List<EngineFigures.Figure> figures = new ArrayList<>();
    for (int t = 0; t < seconds.length; t++) {
      Task task = tasks.get(t);
      double speed = task.operations() / seconds[t];
      figures.add(
          new EngineFigures.Figure(
              task.name(),
              EngineFigures.label(task.format()),
              seconds[t],
              task.images() / seconds[t],
              speed / 1e9,
              speed / limits.getOrDefault(task.format(), speed)));
    }
    return new EngineFigures(
        Engine.version(), Engine.threads(), "resnet18-w" + settings.width(), figures);
  }
}
