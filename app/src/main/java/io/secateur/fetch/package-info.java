/** Public data sets, fetched when the user asks for one: the only code that fetches anything. */
@NullMarked
package io.secateur.fetch;

import org.jspecify.annotations.NullMarked;
