/** Experiments: ground truth, measured cells, matrices of attacks and defences. */
@NullMarked
package io.secateur.bench;

import org.jspecify.annotations.NullMarked;
