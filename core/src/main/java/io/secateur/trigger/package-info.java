/**
 * Finds out whether a network hides a backdoor: synthesises triggers of several families for every
 * label, the smallest and the strongest of a size, and looks for a label that is abnormally easy to
 * force; raises single channels; makes a copy forget. Sees the suspect network and clean images,
 * nothing else.
 */
@NullMarked
package io.secateur.trigger;

import org.jspecify.annotations.NullMarked;
