/**
 * Finds out whether a network hides a backdoor: synthesises the smallest trigger of every label and
 * looks for a label whose trigger is abnormally small. Sees the suspect network and clean images,
 * nothing else.
 */
@NullMarked
package io.secateur.trigger;

import org.jspecify.annotations.NullMarked;
