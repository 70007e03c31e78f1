/**
 * The tensor engine behind a thin facade: tensors, scopes of native memory, gradients, optimisers,
 * thread settings. Nothing outside this package knows which library computes.
 */
@NullMarked
package io.secateur.engine;

import org.jspecify.annotations.NullMarked;
