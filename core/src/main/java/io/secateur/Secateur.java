package io.secateur;

import io.secateur.data.CleanSample;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.defence.Defence;
import io.secateur.defence.DefenceSettings;
import io.secateur.defence.Defences;
import io.secateur.defence.Policy;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.Retuning;
import io.secateur.defence.Suspect;
import io.secateur.format.LoadedModel;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.ModelSource;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.metric.LogitComparison;
import io.secateur.nn.Network;
import io.secateur.run.AtomicFile;
import io.secateur.run.Checkpoints;
import io.secateur.run.Progress;
import io.secateur.run.RunContext;
import io.secateur.run.SeedTree;
import io.secateur.train.TrainingDiverged;
import io.secateur.trigger.FamilyHunt;
import io.secateur.trigger.HuntResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model and the clean images that it is judged by: scans, repairs, evaluates. With the same seed
 * it draws the same sample and finds the same as the command does. Not changed by what it does; an
 * instance may be used by one thread at a time.
 *
 * <p>Unreadable input is a {@link io.secateur.format.BadModelFile} or {@link
 * io.secateur.data.BadData}, whose message names the file, the cause and what would be accepted.
 */
public final class Secateur {
  /** Clean images used unless said otherwise, as far as there are so many. */
  public static final int CLEAN_SIZE = 500;

  private final LoadedModel model;
  private final ImageSet clean;
  private final Choices choices;

  private record Choices(
      int cleanSize, long seed, Defence defence, boolean retuning, Progress progress) {}

  private Secateur(LoadedModel model, ImageSet clean, Choices choices) {
    this.model = model;
    this.clean = clean;
    this.choices = choices;
  }

  /**
   * A model file whose architecture and preprocessing are recognised.
   *
   * @param clean images as on the command line, such as {@code folder:clean-images}
   */
  public static Secateur of(Path model, String clean) {
    return of(ModelSource.of(model), clean);
  }

  /** The same for a file about which more is said. */
  public static Secateur of(ModelSource model, String clean) {
    ImageSet images = DataSpec.parse(clean, Split.DEFENDER).load();
    return of(model.load(images.shape()), images);
  }

  /** The same for what was read already. */
  public static Secateur of(LoadedModel model, ImageSet clean) {
    Evaluator.check(model.network(), clean);
    Defence standard = Defences.named("onp", DefenceSettings.DEFAULT, Policy.DEFAULT);
    int size = Math.min(CLEAN_SIZE, clean.size());
    return new Secateur(model, clean, new Choices(size, 0, standard, true, Progress.SILENT));
  }

  /** The same with a sample of so many clean images, of which a fifth is held out. */
  public Secateur withCleanSize(int size) {
    return with(
        new Choices(size, choices.seed, choices.defence, choices.retuning, choices.progress));
  }

  /** The same with another root of all randomness; 0 unless set. */
  public Secateur withSeed(long seed) {
    return with(
        new Choices(choices.cleanSize, seed, choices.defence, choices.retuning, choices.progress));
  }

  /** The same with another way to repair; ONP with the default policy unless set. */
  public Secateur withDefence(Defence defence) {
    return with(
        new Choices(choices.cleanSize, choices.seed, defence, choices.retuning, choices.progress));
  }

  /**
   * The same that leaves out, or not, what {@link #repair} does last: to teach the repaired network
   * its backdoor again. On unless set.
   */
  public Secateur withRetuning(boolean retuning) {
    return with(
        new Choices(choices.cleanSize, choices.seed, choices.defence, retuning, choices.progress));
  }

  /** The same that says how far it is; silent unless set. */
  public Secateur withProgress(Progress progress) {
    return with(
        new Choices(choices.cleanSize, choices.seed, choices.defence, choices.retuning, progress));
  }

  private Secateur with(Choices changed) {
    return new Secateur(model, clean, changed);
  }

  /** The model as it was read. */
  public LoadedModel model() {
    return model;
  }

  /** The clean images. */
  public ImageSet clean() {
    return clean;
  }

  /** Looks for a backdoor. */
  public HuntResult scan() {
    return FamilyHunt.standard().run("hunt", model.network(), sample().tune(), context());
  }

  /**
   * Looks for a backdoor and removes it; the file stays as it is. A network that was changed is
   * then taught its backdoor again with a few images: {@link RepairOutcome#retuning} tells whether
   * it only sleeps, if what was found can be put on images and that training does not diverge. What
   * is handed back never learnt that.
   */
  public RepairOutcome repair() {
    choices.defence.check(model.network());
    CleanSample sample = sample();
    RunContext run = context();
    RepairOutcome outcome = choices.defence.repair(Suspect.of(model.network()), sample, run);
    boolean retuned =
        choices.retuning
            && Retuning.due(model.network(), outcome)
            && Retuning.lesson(outcome).isPresent()
            && Retuning.possible(sample, outcome);
    if (!retuned) {
      return outcome;
    }
    try {
      RunContext apart = run.under(Retuning.BRANCH);
      return outcome.retuned(
          Retuning.of(Retuning.Settings.DEFAULT, outcome, sample, apart).result());
    } catch (TrainingDiverged e) {
      return outcome;
    }
  }

  /** Measures the model on the images of {@code data}, those of its test split unless it says. */
  public Evaluation evaluate(String data) {
    return evaluate(model.network(), data);
  }

  /** Measures another network likewise, such as {@link RepairOutcome#network}. */
  public Evaluation evaluate(Network network, String data) {
    ImageSet images = DataSpec.parse(data, Split.TEST).load();
    return Evaluator.evaluate(network, images, Optional.empty());
  }

  /**
   * Writes the network of {@code outcome} as the kind of file that the model came in, whole or not
   * at all, and reads it back. Whether it is repaired, {@link RepairOutcome#verdict} tells.
   *
   * @throws IOException if it cannot be written, or what was written computes something else
   */
  public void write(RepairOutcome outcome, Path file) throws IOException {
    Network network = outcome.network();
    ModelFile changed = model.file().withWeights(network.weights());
    AtomicFile.write(
        file,
        out -> ModelFiles.write(changed, out),
        done ->
            LogitComparison.check(
                network, network.withWeights(ModelFiles.read(done).weights()), clean));
  }

  private CleanSample sample() {
    long seed = new SeedTree(choices.seed).seed("clean-sample");
    return CleanSample.draw(clean, choices.cleanSize, CleanSample.HOLD_OUT_SHARE, seed);
  }

  private RunContext context() {
    return new RunContext(new SeedTree(choices.seed), choices.progress, Checkpoints.NONE);
  }
}
