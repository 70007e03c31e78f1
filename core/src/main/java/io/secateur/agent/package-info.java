/**
 * The agent that learns which channels to prune: encoders of the channel graph, the policies over
 * it, and proximal policy optimisation for each. A policy sees plain arrays and a reward; what a
 * reward measures stands behind an interface.
 */
@NullMarked
package io.secateur.agent;

import org.jspecify.annotations.NullMarked;
