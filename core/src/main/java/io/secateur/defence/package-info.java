/**
 * Ways to repair a suspect network. A defence sees the network and clean images, nothing else: no
 * package here can reach an attack or a true trigger.
 */
@NullMarked
package io.secateur.defence;

import org.jspecify.annotations.NullMarked;
