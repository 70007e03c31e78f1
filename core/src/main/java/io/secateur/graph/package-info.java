/**
 * A network's channels as a graph: connection strengths, thresholds, edges. Plain arrays, no
 * engine.
 */
@NullMarked
package io.secateur.graph;

import org.jspecify.annotations.NullMarked;
