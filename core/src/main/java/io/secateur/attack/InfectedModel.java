package io.secateur.attack;

import io.secateur.metric.GroundTruth;
import io.secateur.nn.Network;
import java.util.Optional;

/**
 * A network with a backdoor, or a clean one that was trained the same way.
 *
 * @param truth target and trigger, for measuring; empty if the network is clean
 * @param poisoned how many training images bore the trigger
 * @param trained how many training images there were
 */
public record InfectedModel(
    Network network, Optional<GroundTruth> truth, int poisoned, int trained) {}
