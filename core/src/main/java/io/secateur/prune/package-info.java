/**
 * What is pruned: units of channels, trial masks, the final plan, and surgery on the network. Plain
 * data, no engine.
 */
@NullMarked
package io.secateur.prune;

import org.jspecify.annotations.NullMarked;
