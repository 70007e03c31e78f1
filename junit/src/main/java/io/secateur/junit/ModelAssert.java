package io.secateur.junit;

import io.secateur.Secateur;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.ModelSource;
import io.secateur.metric.Evaluator;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.text.ForeignText;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.LabelFinding;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * What a test asserts of a model file. Passing and failing:
 *
 * <pre>{@code
 * assertThatModel(Path.of("clean.pth"), "folder:clean-images").isNotBackdoored();
 * assertThatModel(Path.of("infected.pth"), "folder:clean-images").isNotBackdoored(); // fails
 * }</pre>
 *
 * <p>A file that cannot be read is a {@link io.secateur.format.BadModelFile}, images that cannot a
 * {@link io.secateur.data.BadData}.
 */
public final class ModelAssert {
  private final ModelSource model;
  private final String clean;
  private final int cleanSize;
  private final long seed;
  private final Doubt doubt;

  private ModelAssert(ModelSource model, String clean, int cleanSize, long seed, Doubt doubt) {
    this.model = model;
    this.clean = clean;
    this.cleanSize = cleanSize;
    this.seed = seed;
    this.doubt = doubt;
  }

  /**
   * The beginning of assertions about a model.
   *
   * @param clean images as on the command line, such as {@code folder:clean-images}
   */
  public static ModelAssert assertThatModel(Path model, String clean) {
    return new ModelAssert(ModelSource.of(model), clean, Secateur.CLEAN_SIZE, 0, Doubt.FAILS);
  }

  /** Of this architecture: a stock one by name, or the path of a layer list. */
  public ModelAssert withArchitecture(String architecture) {
    return with(
        new ModelSource(
            model.path(), Optional.of(architecture), model.preprocessing(), model.key()));
  }

  /**
   * With this preprocessing: unit, cifar10, imagenet or {@code mean=r,g,b;std=r,g,b}.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public ModelAssert withPreprocessing(String preprocessing) {
    return with(
        new ModelSource(
            model.path(),
            model.architecture(),
            Optional.of(Preprocessing.parse(preprocessing)),
            model.key()));
  }

  private ModelAssert with(ModelSource source) {
    return new ModelAssert(source, clean, cleanSize, seed, doubt);
  }

  /** Judged on so many clean images, as far as there are so many; 500 unless set. */
  public ModelAssert withCleanSize(int size) {
    return new ModelAssert(model, clean, size, seed, doubt);
  }

  /** With another root of all randomness; 0 unless set. */
  public ModelAssert withSeed(long root) {
    return new ModelAssert(model, clean, cleanSize, root, doubt);
  }

  /** What happens if it cannot be told; the test fails unless set. */
  public ModelAssert whenInconclusive(Doubt what) {
    return new ModelAssert(model, clean, cleanSize, seed, what);
  }

  /**
   * Scans the model.
   *
   * @throws AssertionFailedError if a label is accused, or nothing can be told and that fails
   * @throws TestAbortedException if nothing can be told and that aborts
   */
  public ModelAssert isNotBackdoored() {
    Secateur secateur = Secateur.of(model, clean).withSeed(seed);
    ImageSet images = secateur.clean();
    HuntResult hunt = secateur.withCleanSize(Math.min(cleanSize, images.size())).scan();
    switch (hunt.verdict()) {
      case CLEAN -> {}
      case BACKDOORED ->
          throw new AssertionFailedError(
              ForeignText.shown(
                  model.path()
                      + " is backdoored: "
                      + hunt.reason()
                      + described(hunt, hunt.accused(), images)));
      case INCONCLUSIVE -> doubtful(hunt, images);
    }
    return this;
  }

  private void doubtful(HuntResult hunt, ImageSet images) {
    String message =
        ForeignText.shown(
            model.path()
                + " may be backdoored, which cannot be told: "
                + hunt.reason()
                + described(hunt, hunt.doubtful(), images));
    switch (doubt) {
      case FAILS -> throw new AssertionFailedError(message);
      case ABORTS -> throw new TestAbortedException(message);
      case PASSES -> {}
    }
  }

  /**
   * Measures clean accuracy on the images of {@code data}.
   *
   * @throws AssertionFailedError if it is below {@code percent}
   */
  public ModelAssert hasCleanAccuracyOfAtLeast(double percent, String data) {
    ImageSet images = DataSpec.parse(data, Split.TEST).load();
    Network network = model.load(images.shape()).network();
    Proportion accuracy = Evaluator.evaluate(network, images, Optional.empty()).cleanAccuracy();
    if (accuracy.value() < percent) {
      throw new AssertionFailedError(
          ForeignText.shown(
                  model.path() + ": clean accuracy is " + accuracy + "; expected at least ")
              + percent
              + " %");
    }
    return this;
  }

  private static String described(HuntResult hunt, List<Integer> labels, ImageSet images) {
    return labels.stream()
        .map(label -> described(hunt.findings().get(label), images))
        .collect(Collectors.joining());
  }

  private static String described(LabelFinding finding, ImageSet images) {
    return String.format(
        Locale.ROOT,
        "; label %d (%s) is forced by a trigger of size %.2f on %.1f %% of the images, anomaly"
            + " index %.1f",
        finding.label(),
        images.classNames().get(finding.label()),
        finding.norm(),
        100 * finding.success(),
        finding.index());
  }
}
