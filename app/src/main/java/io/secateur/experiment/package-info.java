/** Plans of many repairs, run cell by cell, and what comes of them. */
@org.jspecify.annotations.NullMarked
package io.secateur.experiment;
