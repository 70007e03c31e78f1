/**
 * Writes a run down in the form of tracking tools; sends it where the user says, and nowhere else.
 */
@NullMarked
package io.secateur.tracking;

import org.jspecify.annotations.NullMarked;
