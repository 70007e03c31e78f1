/** Results for people and programs: the result record, its JSON, pictures, the offline page. */
@NullMarked
package io.secateur.report;

import org.jspecify.annotations.NullMarked;
