/**
 * Evidence about a finished repair, measured on the clean images and synthetic triggers: what a
 * network looks at, what each pruned channel did, how features moved. Decides nothing.
 */
@NullMarked
package io.secateur.explain;

import org.jspecify.annotations.NullMarked;
