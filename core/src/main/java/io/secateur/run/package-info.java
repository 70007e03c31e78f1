/** What surrounds a computation: seeds, the run directory, checkpoints, events and provenance. */
@NullMarked
package io.secateur.run;

import org.jspecify.annotations.NullMarked;
