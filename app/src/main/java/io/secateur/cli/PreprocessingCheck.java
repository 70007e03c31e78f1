package io.secateur.cli;

import io.secateur.data.ImageSet;
import io.secateur.format.LoadedModel;
import io.secateur.metric.Evaluator;
import io.secateur.metric.NonFiniteScores;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.run.Progress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Says what accuracy a model starts from, and notices wrong preprocessing: it costs accuracy
 * silently, and whatever is measured with it means nothing. Compares the given one with the usual
 * ones on some clean images.
 */
final class PreprocessingCheck {
  /** Points of accuracy by which another must be better to be worth a word. */
  private static final double POINTS = 5;

  private static final int IMAGES = 500;
  private static final List<Preprocessing> USUAL =
      List.of(Preprocessing.UNIT, Preprocessing.CIFAR10, Preprocessing.IMAGENET);

  private PreprocessingCheck() {}

  /**
   * A warning, if one is due.
   *
   * @param progress is told the accuracy with the preprocessing given
   * @throws io.secateur.format.BadModelFile if the model yields NaN or infinity
   */
  static Optional<String> warning(LoadedModel model, ImageSet images, Progress progress) {
    Network network = model.network();
    int count = Math.min(IMAGES, images.size());
    int[] spread = new int[count];
    for (int i = 0; i < count; i++) {
      spread[i] = (int) ((long) i * images.size() / count);
    }
    ImageSet some = images.select(spread);
    progress.begin("clean accuracy of the model as it is", 1);
    double given = ModelLoading.measured(model, () -> accuracy(network, some));
    progress.end(String.format(Locale.ROOT, "%.1f %% of %d images", given, count));
    Preprocessing best = network.preprocessing();
    double highest = given;
    for (Preprocessing other : USUAL) {
      if (other.channels() == network.preprocessing().channels()
          && !other.equals(network.preprocessing())) {
        Network changed = new Network(network.architecture(), network.weights(), other);
        double accuracy = other(changed, some);
        if (accuracy > highest) {
          highest = accuracy;
          best = other;
        }
      }
    }
    if (highest < given + POINTS) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "looks like wrong preprocessing: on %d images, clean accuracy is %.1f %% with"
                + " --preprocess %s and %.1f %% with --preprocess %s",
            count,
            given,
            network.preprocessing(),
            highest,
            best));
  }

  private static double other(Network changed, ImageSet images) {
    try {
      return accuracy(changed, images);
    } catch (NonFiniteScores e) {
      return 0;
    }
  }

  private static double accuracy(Network network, ImageSet images) {
    int[] predicted = Evaluator.predict(network, images, images.indices());
    int right = 0;
    for (int i = 0; i < predicted.length; i++) {
      right += predicted[i] == images.label(i) ? 1 : 0;
    }
    return Proportion.of(right, predicted.length).value();
  }
}
