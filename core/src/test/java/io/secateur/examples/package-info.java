/** What docs/extending.md shows: small additions to Secateur, and the tests that run them. */
@NullMarked
package io.secateur.examples;

import org.jspecify.annotations.NullMarked;
