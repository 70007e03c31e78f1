package io.secateur.defence;

import io.secateur.data.CleanSample;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.prune.PruningPlan;
import io.secateur.run.RunContext;
import io.secateur.train.Batch;
import io.secateur.train.BatchSource;
import io.secateur.trigger.Trigger;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Fine-tuning after surgery, made so that it does not teach the backdoor again: every fifth image
 * of a batch carries a synthetic trigger with its true label (the unlearning of Neural Cleanse,
 * section VI of Wang et al. 2019), and the pruned channels are held at zero. Other channels may
 * still take over what the synthetic triggers do not stand for.
 */
final class Recovery {
  private static final int EVERY = 5;

  private Recovery() {}

  static Network of(
      FineTuning.Settings tuning,
      Network pruned,
      PruningPlan plan,
      CleanSample clean,
      Diagnosis diagnosis,
      TriggerSources sources,
      RunContext run) {
    List<Trigger> proxies =
        diagnosis.targets().stream()
            .flatMap(target -> diagnosis.onImages(target, sources, run).stream())
            .toList();
    BatchSource images = stamped(BatchSource.of(clean.tune()), proxies);
    return FineTuning.tune(tuning, pruned, plan, images, run);
  }

  private static BatchSource stamped(BatchSource images, List<Trigger> proxies) {
    return new BatchSource() {
      @Override
      public int size() {
        return images.size();
      }

      @Override
      public FeatureShape shape() {
        return images.shape();
      }

      @Override
      public Batch load(int[] indices, RandomGenerator random) {
        return images.load(indices, random);
      }

      @Override
      public Batch finish(Batch augmented, int[] indices, RandomGenerator random) {
        float[] pixels = augmented.images().clone();
        for (int i = 0; i < indices.length; i += EVERY) {
          Trigger trigger = proxies.get(random.nextInt(proxies.size()));
          StampedImages.stamp(pixels, i, trigger, shape());
        }
        return new Batch(pixels, augmented.labels());
      }
    };
  }
}
