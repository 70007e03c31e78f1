/**
 * The front door: {@link io.secateur.Secateur} scans, repairs and evaluates a model file. Behind it
 * the packages stand as they are, for whoever needs more.
 */
@NullMarked
package io.secateur;

import org.jspecify.annotations.NullMarked;
