package io.secateur.bench;

import io.secateur.defence.FtSam;
import io.secateur.defence.IBau;
import io.secateur.defence.Nad;
import io.secateur.defence.Sau;
import io.secateur.defence.TriggerUnlearning;

/** The keys for nad, ft-sam, i-bau, sau and nc, each with the name of its method before it. */
final class TunerKeys {
  private final Settings values;

  TunerKeys(Settings values) {
    this.values = values;
  }

  Nad.Settings nad() {
    Nad.Settings standard = Nad.Settings.DEFAULT;
    return new Nad.Settings(
        values.whole("nad-teacher-epochs", standard.teacherEpochs()),
        values.whole("nad-epochs", standard.epochs()),
        values.number("nad-rate", standard.learningRate()),
        values.whole("nad-batch", standard.batchSize()),
        values.number("nad-p", standard.p()),
        values.number("nad-beta1", standard.beta1()),
        values.number("nad-beta2", standard.beta2()),
        values.number("nad-beta3", standard.beta3()));
  }

  FtSam.Settings ftSam() {
    FtSam.Settings standard = FtSam.Settings.DEFAULT;
    return new FtSam.Settings(
        values.whole("ft-sam-epochs", standard.epochs()),
        values.number("ft-sam-rate", standard.learningRate()),
        values.whole("ft-sam-batch", standard.batchSize()),
        values.number("ft-sam-rho", standard.rho()),
        values.number("ft-sam-smoothing", standard.labelSmoothing()));
  }

  IBau.Settings iBau() {
    IBau.Settings standard = IBau.Settings.DEFAULT;
    return new IBau.Settings(
        values.whole("i-bau-rounds", standard.rounds()),
        values.number("i-bau-rate", standard.learningRate()),
        values.whole("i-bau-batch", standard.batchSize()),
        values.whole("i-bau-iterations", standard.iterations()),
        values.number("i-bau-step", standard.stepSize()),
        values.number("i-bau-ascent", standard.ascent()),
        values.number("i-bau-penalty", standard.penalty()),
        values.number("i-bau-share", standard.share()));
  }

  Sau.Settings sau() {
    Sau.Settings standard = Sau.Settings.DEFAULT;
    return new Sau.Settings(
        values.whole("sau-rounds", standard.rounds()),
        values.number("sau-rate", standard.learningRate()),
        values.whole("sau-batch", standard.batchSize()),
        values.number("sau-radius", standard.radius()),
        values.number("sau-step", standard.stepSize()),
        values.whole("sau-steps", standard.steps()),
        values.number("sau-adversarial", standard.adversarial()),
        values.number("sau-agreement", standard.agreement()),
        values.number("sau-clean-weight", standard.cleanWeight()),
        values.number("sau-shared-weight", standard.sharedWeight()));
  }

  TriggerUnlearning.Settings nc() {
    TriggerUnlearning.Settings standard = TriggerUnlearning.Settings.DEFAULT;
    return new TriggerUnlearning.Settings(
        MethodSettings.tuning(values, "nc-", standard.tuning()),
        values.number("nc-share", standard.share()));
  }
}
