package io.secateur.train;

import io.secateur.data.Augmentation;

/**
 * How to train.
 *
 * @param epochs times that every image is seen
 * @param batchSize images per step; a smaller rest at the end of an epoch is left out, unless it is
 *     all there is
 * @param schedule learning rate
 * @param descent how weights follow their gradients
 * @param labelSmoothing share of the label's probability spread over all classes, in [0, 1)
 * @param augmentation done to every image whenever it is seen
 * @param precision of convolutions and matrix products; weights, statistics, loss and updates are
 *     float32
 * @param growth how large the images are that the network learns from; the batch source and whoever
 *     puts a trigger on see whole ones
 */
public record TrainingSettings(
    int epochs,
    int batchSize,
    Schedule schedule,
    Descent descent,
    double labelSmoothing,
    Augmentation augmentation,
    Precision precision,
    Growth growth) {

  /** Training from scratch on small images: batches of 128, one cycle with peak 0.1. */
  public static final TrainingSettings FROM_SCRATCH =
      new TrainingSettings(
          10,
          128,
          new Schedule.OneCycle(0.1),
          Descent.Sgd.CUSTOMARY,
          0,
          Augmentation.CROP_AND_FLIP,
          Precision.AUTO);

  /** Rejects values out of range. */
  public TrainingSettings {
    require(epochs >= 1, "epochs must be at least 1", epochs);
    require(batchSize >= 1, "batchSize must be at least 1", batchSize);
    require(
        labelSmoothing >= 0 && labelSmoothing < 1,
        "labelSmoothing must be in [0, 1)",
        labelSmoothing);
  }

  /** With whole images all the time. */
  public TrainingSettings(
      int epochs,
      int batchSize,
      Schedule schedule,
      Descent descent,
      double labelSmoothing,
      Augmentation augmentation,
      Precision precision) {
    this(
        epochs, batchSize, schedule, descent, labelSmoothing, augmentation, precision, Growth.NONE);
  }

  private static void require(boolean holds, String what, Number value) {
    if (!holds) {
      throw new IllegalArgumentException(what + ", got " + value);
    }
  }

  /** The same with another number of epochs. */
  public TrainingSettings withEpochs(int count) {
    return new TrainingSettings(
        count, batchSize, schedule, descent, labelSmoothing, augmentation, precision, growth);
  }

  /** The same with another learning rate. */
  public TrainingSettings withSchedule(Schedule other) {
    return new TrainingSettings(
        epochs, batchSize, other, descent, labelSmoothing, augmentation, precision, growth);
  }

  /** The same with another batch size. */
  public TrainingSettings withBatchSize(int size) {
    return new TrainingSettings(
        epochs, size, schedule, descent, labelSmoothing, augmentation, precision, growth);
  }

  /** The same with another augmentation. */
  public TrainingSettings withAugmentation(Augmentation other) {
    return new TrainingSettings(
        epochs, batchSize, schedule, descent, labelSmoothing, other, precision, growth);
  }

  /** The same in another precision. */
  public TrainingSettings withPrecision(Precision other) {
    return new TrainingSettings(
        epochs, batchSize, schedule, descent, labelSmoothing, augmentation, other, growth);
  }

  /** The same with images that grow. */
  public TrainingSettings growing(Growth other) {
    return new TrainingSettings(
        epochs, batchSize, schedule, descent, labelSmoothing, augmentation, precision, other);
  }
}
