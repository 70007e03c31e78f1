package io.secateur.attack;

import io.secateur.metric.GroundTruth;
import io.secateur.nn.Network;

/**
 * A network with a backdoor.
 *
 * @param truth target and trigger, for measuring
 * @param poisoned how many training images bore the trigger
 * @param trained how many training images there were
 */
public record InfectedModel(Network network, GroundTruth truth, int poisoned, int trained) {}
