package io.secateur.train;

import io.secateur.nn.Network;

/**
 * A network trained along with another by the same loss, with an optimiser of its own, such as the
 * generator of an attack's triggers.
 *
 * @param start its weights at the beginning
 * @param descent how its weights follow their gradients
 * @param schedule its learning rate
 */
public record Companion(Network start, Descent descent, Schedule schedule) {}
