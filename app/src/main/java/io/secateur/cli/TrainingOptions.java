package io.secateur.cli;

import io.secateur.data.Augmentation;
import io.secateur.train.Descent;
import io.secateur.train.Growth;
import io.secateur.train.Precision;
import io.secateur.train.Schedule;
import io.secateur.train.TrainingSettings;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to train. */
final class TrainingOptions {
  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "20",
      description = "Times that every image is seen (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      defaultValue = "128",
      description = "Images per step (default: ${DEFAULT-VALUE}).")
  private int batchSize;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "0.1",
      description = "Highest learning rate (default: ${DEFAULT-VALUE}).")
  private double learningRate;

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      defaultValue = "one-cycle",
      description =
          "one-cycle, cosine, step (a tenth after each third) or constant (default:"
              + " ${DEFAULT-VALUE}).")
  private String schedule = "";

  @Option(
      names = "--momentum",
      paramLabel = "M",
      defaultValue = "0.9",
      description = "Momentum of stochastic gradient descent (default: ${DEFAULT-VALUE}).")
  private double momentum;

  @Option(
      names = "--weight-decay",
      paramLabel = "D",
      defaultValue = "5e-4",
      description = "Weight decay (default: ${DEFAULT-VALUE}).")
  private double weightDecay;

  @Option(
      names = "--label-smoothing",
      paramLabel = "S",
      defaultValue = "0",
      description = "Share of a label spread over all classes (default: ${DEFAULT-VALUE}).")
  private double labelSmoothing;

  @Option(
      names = "--augment",
      paramLabel = "HOW",
      defaultValue = "auto",
      description =
          "auto (as the attack is published with), crop-flip or none (default: ${DEFAULT-VALUE}).")
  private String augment = "";

  @Option(
      names = "--precision",
      paramLabel = "FORMAT",
      defaultValue = "auto",
      description =
          "auto (bfloat16 where the processor has it), float32 or bfloat16 (default:"
              + " ${DEFAULT-VALUE}).")
  private String precision = "";

  @Option(
      names = "--start-side",
      paramLabel = "PIXELS",
      defaultValue = Option.NULL_VALUE,
      description =
          "Begin with images shrunk to this height; they are whole in the last quarter. Costs about"
              + " two thirds with half the height (default: whole all the time).")
  private @Nullable Integer startSide;

  /** The settings; {@code published} is the augmentation that the attack comes with. */
  TrainingSettings settings(Augmentation published) {
    try {
      return new TrainingSettings(
          epochs,
          batchSize,
          schedule(),
          new Descent.Sgd(momentum, weightDecay),
          labelSmoothing,
          augmentation(published),
          precision(),
          startSide == null ? Growth.NONE : Growth.from(startSide));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("training: " + e.getMessage());
    }
  }

  private Schedule schedule() {
    return switch (schedule) {
      case "one-cycle" -> new Schedule.OneCycle(learningRate);
      case "cosine" -> new Schedule.Cosine(learningRate);
      case "step" -> new Schedule.Step(learningRate, 0.1, 1 / 3.0);
      case "constant" -> new Schedule.Constant(learningRate);
      default ->
          throw CommandFailure.usage(
              "--schedule is '" + schedule + "'; expected one-cycle, cosine, step or constant");
    };
  }

  private Augmentation augmentation(Augmentation published) {
    return switch (augment) {
      case "auto" -> published;
      case "crop-flip" -> Augmentation.CROP_AND_FLIP;
      case "none" -> Augmentation.NONE;
      default ->
          throw CommandFailure.usage(
              "--augment is '" + augment + "'; expected auto, crop-flip or none");
    };
  }

  private Precision precision() {
    try {
      return Precision.valueOf(precision.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage(
          "--precision is '" + precision + "'; expected auto, float32 or bfloat16");
    }
  }
}
