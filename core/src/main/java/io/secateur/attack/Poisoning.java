package io.secateur.attack;

import io.secateur.metric.GroundTruth;
import io.secateur.train.BatchSource;

/**
 * What an attacker slips in.
 *
 * @param training images to train on
 * @param truth target and trigger
 * @param poisoned how many images of an epoch bear the trigger
 */
public record Poisoning(BatchSource training, GroundTruth truth, int poisoned) {}
