package io.secateur.fuzz;

/** A way to change one kind of file. */
@FunctionalInterface
interface Mutation {
  /** No file grows beyond this many bytes. */
  int LONGEST = 1 << 16;

  /**
   * A changed copy of {@code file}.
   *
   * @param other another file of the same kind, to take parts from
   */
  byte[] of(byte[] file, byte[] other, Draws draws);
}
