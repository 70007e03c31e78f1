/**
 * A network as data: sealed layers, their weights under their {@code state_dict} names, one
 * interpreter with per-channel hooks, coupling groups and the stock architectures.
 */
@NullMarked
package io.secateur.nn;

import org.jspecify.annotations.NullMarked;
