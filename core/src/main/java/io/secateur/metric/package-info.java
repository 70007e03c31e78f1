/** What is measured: clean accuracy, attack success, recovery, with intervals. */
@NullMarked
package io.secateur.metric;

import org.jspecify.annotations.NullMarked;
