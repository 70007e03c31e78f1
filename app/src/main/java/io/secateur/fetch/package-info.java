/** Public data sets, fetched when the user asks for one: the only code that uses the network. */
@NullMarked
package io.secateur.fetch;

import org.jspecify.annotations.NullMarked;
