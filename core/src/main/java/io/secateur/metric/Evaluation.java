package io.secateur.metric;

import java.util.Optional;

/**
 * What a network does on test images.
 *
 * @param cleanAccuracy share of all images that get their label
 * @param trueAsr share of triggered images of other classes that get the target label; only with
 *     ground truth
 * @param recoveryAccuracy share of the same triggered images that get their own label
 * @param clean predictions on the clean images by class
 * @param triggered predictions on the triggered images by their own class
 */
public record Evaluation(
    Proportion cleanAccuracy,
    Optional<Proportion> trueAsr,
    Optional<Proportion> recoveryAccuracy,
    Confusion clean,
    Optional<Confusion> triggered) {}
