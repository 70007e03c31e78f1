package io.secateur.attack;

import io.secateur.metric.GroundTruth;
import io.secateur.train.BatchSource;
import java.util.Optional;

/**
 * What an attacker slips in.
 *
 * @param training images to train on
 * @param truth target and trigger; empty if nothing is slipped in
 * @param poisoned how many images of an epoch bear the trigger
 */
public record Poisoning(BatchSource training, Optional<GroundTruth> truth, int poisoned) {}
