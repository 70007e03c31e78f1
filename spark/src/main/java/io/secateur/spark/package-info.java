/** Cells of a benchmark on a cluster of Apache Spark. */
@org.jspecify.annotations.NullMarked
package io.secateur.spark;
