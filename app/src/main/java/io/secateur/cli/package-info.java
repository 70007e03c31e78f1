/** The command line: one class per command, and nothing but the command line. */
@NullMarked
package io.secateur.cli;

import org.jspecify.annotations.NullMarked;
