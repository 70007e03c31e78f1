/**
 * Ways to infect a network, so that repairs can be tried and measured. Nothing that repairs can see
 * this package.
 */
@NullMarked
package io.secateur.attack;

import org.jspecify.annotations.NullMarked;
