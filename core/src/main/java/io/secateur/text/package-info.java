/**
 * Text from elsewhere, and hashes. All other packages may use this one, and it uses none of them.
 */
@NullMarked
package io.secateur.text;

import org.jspecify.annotations.NullMarked;
