/**
 * Runs that repair, infect and convert a network, with the files that they read and leave: ground
 * truth, plans, model files, the zoo; and measurements of the program itself.
 */
@NullMarked
package io.secateur.bench;

import org.jspecify.annotations.NullMarked;
