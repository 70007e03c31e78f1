/** For other projects' tests: {@link io.secateur.junit.NotBackdoored} and an assertion. */
@NullMarked
package io.secateur.junit;

import org.jspecify.annotations.NullMarked;
