package io.secateur.bench;

import io.secateur.data.Augmentation;
import io.secateur.defence.AdversarialNeuronPruning;
import io.secateur.defence.ChannelLipschitzness;
import io.secateur.defence.Cut;
import io.secateur.defence.FinePruning;
import io.secateur.defence.FineTuning;
import io.secateur.defence.ReconstructiveNeuronPruning;
import io.secateur.trigger.ChannelStimulation;
import java.util.Optional;

/** The keys for fp, anp, clp, rnp and stimulation, each with the name of its method before it. */
final class PrunerKeys {
  private final Settings values;

  PrunerKeys(Settings values) {
    this.values = values;
  }

  FinePruning.Settings fp() {
    FinePruning.Settings standard = FinePruning.Settings.DEFAULT;
    FineTuning.Settings tuning =
        MethodSettings.tuning(values, "fp-", standard.tuning().orElseThrow());
    return new FinePruning.Settings(
        values.number("fp-step", standard.step()),
        cut("fp-", standard.cut()),
        values.truth("fp-fine-tune", true) ? Optional.of(tuning) : Optional.empty());
  }

  AdversarialNeuronPruning.Settings anp() {
    AdversarialNeuronPruning.Settings standard = AdversarialNeuronPruning.Settings.DEFAULT;
    return new AdversarialNeuronPruning.Settings(
        values.whole("anp-iterations", standard.iterations()),
        values.number("anp-rate", standard.learningRate()),
        values.number("anp-epsilon", standard.epsilon()),
        values.whole("anp-steps", standard.steps()),
        values.number("anp-alpha", standard.alpha()),
        values.whole("anp-batch", standard.batchSize()),
        augmentation("anp-", standard.augmentation()),
        standard.precision(),
        cut("anp-", standard.cut()));
  }

  ChannelLipschitzness.Settings clp() {
    return new ChannelLipschitzness.Settings(
        values.number("clp-u", ChannelLipschitzness.Settings.DEFAULT.u()));
  }

  ReconstructiveNeuronPruning.Settings rnp() {
    ReconstructiveNeuronPruning.Settings standard = ReconstructiveNeuronPruning.Settings.DEFAULT;
    return new ReconstructiveNeuronPruning.Settings(
        values.whole("rnp-unlearn-epochs", standard.unlearnEpochs()),
        values.number("rnp-unlearn-rate", standard.unlearnRate()),
        values.number("rnp-stop-accuracy", standard.stopAccuracy()),
        values.whole("rnp-recover-epochs", standard.recoverEpochs()),
        values.number("rnp-recover-rate", standard.recoverRate()),
        values.number("rnp-alpha", standard.alpha()),
        values.whole("rnp-batch", standard.batchSize()),
        augmentation("rnp-", standard.augmentation()),
        standard.precision(),
        cut("rnp-", standard.cut()));
  }

  ChannelStimulation.Settings stimulation() {
    ChannelStimulation.Settings standard = ChannelStimulation.Settings.DEFAULT;
    return new ChannelStimulation.Settings(
        values.whole("stimulation-images", standard.images()),
        values.number("stimulation-strength", standard.strength()),
        values.whole("stimulation-voices", standard.voices()),
        values.number("stimulation-share", standard.share()),
        standard.precision());
  }

  private Augmentation augmentation(String prefix, Augmentation standard) {
    return values.truth(prefix + "augment", true) ? standard : Augmentation.NONE;
  }

  /** A threshold that the user names, or how much accuracy the best one may cost. */
  private Cut cut(String prefix, Cut standard) {
    double standardDrop = standard instanceof Cut.HoldOut holdOut ? holdOut.maxDrop() : 0;
    double drop = values.number(prefix + "max-drop", standardDrop);
    var threshold = values.numberUnless("auto", prefix + "threshold");
    return threshold.isPresent() ? new Cut.Fixed(threshold.getAsDouble()) : new Cut.HoldOut(drop);
  }
}
