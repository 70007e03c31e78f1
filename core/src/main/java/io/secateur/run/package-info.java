/**
 * What surrounds a computation: seeds, specifications, the run directory, events and provenance.
 */
@NullMarked
package io.secateur.run;

import org.jspecify.annotations.NullMarked;
