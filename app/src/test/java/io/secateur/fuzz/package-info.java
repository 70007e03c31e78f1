/**
 * Feeds the readers files that no honest program writes: files that are well-formed in part, so
 * that they get past the first check. {@link io.secateur.fuzz.FuzzTest} does a little of it with
 * every build, {@link io.secateur.fuzz.FuzzRun} as much as is asked for.
 */
package io.secateur.fuzz;
