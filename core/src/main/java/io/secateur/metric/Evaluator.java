package io.secateur.metric;

import io.secateur.data.BadData;
import io.secateur.data.ImageSet;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/**
 * Measures a network in float32: clean accuracy on all images; with ground truth also attack
 * success and recovery on the triggered images that do not bear the target label anyway.
 */
public final class Evaluator {
  private static final int BATCH = 250;

  private Evaluator() {}

  /** Measures {@code network} on all of {@code images}. */
  public static Evaluation evaluate(Network network, ImageSet images, Optional<GroundTruth> truth) {
    return evaluate(network, images, truth, done -> {});
  }

  /**
   * Measures {@code network} on all of {@code images}.
   *
   * @param watcher is told after every batch how many of {@link #passes} images are done; what it
   *     throws ends the evaluation
   * @throws BadData if images, network and trigger do not go together
   * @throws NonFiniteScores if the network yields NaN or infinity
   */
  public static Evaluation evaluate(
      Network network, ImageSet images, Optional<GroundTruth> truth, IntConsumer watcher) {
    check(network, images);
    truth.ifPresent(known -> check(known, images));
    int[] all = images.indices();
    Confusion clean =
        Confusion.of(
            images.classes(),
            images.labels(),
            predict(network, images, all, UnaryOperator.identity(), watcher));
    if (truth.isEmpty()) {
      return new Evaluation(
          clean.accuracy(), Optional.empty(), Optional.empty(), clean, Optional.empty());
    }
    Target target = truth.get().target();
    int[] others = victims(images, target);
    Confusion triggered =
        Confusion.of(
            images.classes(),
            images.labels(others),
            predict(
                network,
                images,
                others,
                truth.get().trigger()::on,
                done -> watcher.accept(all.length + done)));
    return new Evaluation(
        clean.accuracy(),
        Optional.of(triggered.takenFor(label -> target.of(label, images.classes()))),
        Optional.of(triggered.accuracy()),
        clean,
        Optional.of(triggered));
  }

  /**
   * The images that attack success is measured on.
   *
   * @throws BadData if there is none
   */
  static int[] victims(ImageSet images, Target target) {
    int[] others = target.victims(images);
    if (others.length == 0) {
      throw new BadData(
          images.name(),
          "has no image that does not bear the target label (" + target + ") already",
          "images of other classes, which attack success is measured on");
    }
    return others;
  }

  /** How many images an evaluation passes through the network. */
  public static int passes(ImageSet images, Optional<GroundTruth> truth) {
    return images.size() + truth.map(t -> t.target().victims(images).length).orElse(0);
  }

  /**
   * Labels that {@code network} gives to the images at {@code indices}.
   *
   * @throws NonFiniteScores if it yields NaN or infinity
   */
  public static int[] predict(Network network, ImageSet images, int[] indices) {
    check(network, images);
    return predict(network, images, indices, UnaryOperator.identity(), done -> {});
  }

  /** Logits [N, K] of images [N, C, H, W] in [0, 1], row-major. */
  public static float[] logits(Network network, float[] images) {
    FeatureShape shape = network.architecture().input();
    return Scope.value(
        () ->
            Scope.withoutGradients(
                () ->
                    Interpreter.evaluating(network)
                        .forward(Tensor.of(images, shape.batch(images.length / shape.size())))
                        .toFloats()));
  }

  /** The label with the largest logit for each of the images [N, C, H, W] in [0, 1]. */
  public static int[] answers(Network network, float[] images) {
    float[] logits = logits(network, images);
    int classes = network.classes();
    int[] answers = new int[logits.length / classes];
    for (int i = 0; i < answers.length; i++) {
      for (int k = 1; k < classes; k++) {
        answers[i] = logits[i * classes + k] > logits[i * classes + answers[i]] ? k : answers[i];
      }
    }
    return answers;
  }

  private static int[] predict(
      Network network,
      ImageSet images,
      int[] indices,
      UnaryOperator<float[]> change,
      IntConsumer watcher) {
    int[] predicted = new int[indices.length];
    FeatureShape shape = images.shape();
    try (Scope weights = Scope.open()) {
      Interpreter interpreter = Interpreter.evaluating(network);
      for (int from = 0; from < indices.length; from += BATCH) {
        int[] batch = Arrays.copyOfRange(indices, from, Math.min(indices.length, from + BATCH));
        float[] pixels = change.apply(images.floats(batch));
        long[] labels =
            Scope.value(
                () ->
                    Scope.withoutGradients(
                        () ->
                            labels(
                                interpreter.forward(Tensor.of(pixels, shape.batch(batch.length))),
                                images)));
        for (int i = 0; i < batch.length; i++) {
          predicted[from + i] = (int) labels[i];
        }
        watcher.accept(from + batch.length);
      }
    }
    return predicted;
  }

  /** Where scores are no numbers, the largest would be any of them. */
  private static long[] labels(Tensor scores, ImageSet images) {
    if (scores.mul(0).sum().item() != 0) {
      throw new NonFiniteScores(images.name());
    }
    return scores.argmax(1).toLongs();
  }

  /**
   * Refuses images that are not for this network.
   *
   * @throws BadData naming both shapes or both numbers of classes
   */
  public static void check(Network network, ImageSet images) {
    if (!network.architecture().input().equals(images.shape())) {
      throw new BadData(
          images.name(),
          "holds images of " + images.shape(),
          network.architecture().input()
              + ", which the network reads (folder:DIR@SIDE scales images)");
    }
    if (network.classes() != images.classes()) {
      throw new BadData(
          images.name(),
          "has " + images.classes() + " classes",
          network.classes() + ", as many as the network tells apart");
    }
    if (images.size() == 0) {
      throw new BadData(images.name(), "holds no image", "at least one");
    }
  }

  static void check(GroundTruth truth, ImageSet images) {
    if (!truth.target().fits(images.classes())) {
      throw new BadData(
          "ground truth", "target is " + truth.target(), "a label, 0 to " + (images.classes() - 1));
    }
    if (!truth.trigger().shape().equals(images.shape())) {
      throw new BadData(
          "ground truth",
          "the trigger is " + truth.trigger().shape(),
          images.shape() + ", as the images of " + images.name());
    }
  }
}
