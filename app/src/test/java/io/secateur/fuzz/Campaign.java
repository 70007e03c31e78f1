package io.secateur.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@link FuzzRun} writes down: every batch, and their sums.
 *
 * @param schemaVersion raised when a key changes its meaning
 * @param inputs of all batches, and how many were {@code accepted} and {@code refused}
 * @param findings samples that broke a reader
 * @param seconds spent
 * @param peakMegabytes most memory that one process held, the Java heap and all else
 * @param limits of the judgement
 * @param readers sums for each reader
 * @param batches all that were done, each once
 */
record Campaign(
    int schemaVersion,
    long inputs,
    long accepted,
    long refused,
    int findings,
    double seconds,
    long peakMegabytes,
    Limits limits,
    Map<String, Sum> readers,
    List<Done> batches) {

  /** See {@link Oracle}. */
  record Limits(double processorSeconds, long allocatedBytes, long allocatedBytesPerByte) {
    static final Limits OURS =
        new Limits(Oracle.MOST_SECONDS, Oracle.MOST_BYTES, Oracle.MOST_BYTES_PER_BYTE);
  }

  /**
   * Sums of one reader; {@code refusals} that differ in their words and {@code branches} taken are
   * those of the batch that saw most.
   */
  record Sum(
      long inputs,
      long accepted,
      long refused,
      int refusals,
      int branches,
      int findings,
      double seconds) {
    static final Sum NONE = new Sum(0, 0, 0, 0, 0, 0, 0);

    Sum and(Done done) {
      return new Sum(
          inputs + done.inputs(),
          accepted + done.accepted(),
          refused + done.inputs() - done.accepted(),
          Math.max(refusals, done.refusals()),
          Math.max(branches, done.branches()),
          findings + done.findings().size(),
          Math.round((seconds + done.seconds()) * 10) / 10.0);
    }
  }

  /** A batch. */
  record Done(
      String reader,
      long seed,
      int inputs,
      int accepted,
      int refusals,
      int branches,
      double seconds,
      List<String> findings) {}

  static final Campaign NEW = of(List.of(), 0);

  static Campaign of(List<Done> batches, long peakMegabytes) {
    Map<String, Sum> readers = new LinkedHashMap<>();
    Sum all = Sum.NONE;
    for (Done done : batches) {
      readers.put(done.reader(), readers.getOrDefault(done.reader(), Sum.NONE).and(done));
      all = all.and(done);
    }
    return new Campaign(
        1,
        all.inputs(),
        all.accepted(),
        all.refused(),
        all.findings(),
        all.seconds(),
        peakMegabytes,
        Limits.OURS,
        readers,
        List.copyOf(batches));
  }

  /** Without the batches that found something: after a repair they are to be done again. */
  Campaign clean() {
    return of(batches.stream().filter(done -> done.findings().isEmpty()).toList(), peakMegabytes);
  }

  boolean has(String reader, long seed) {
    return batches.stream().anyMatch(done -> done.reader().equals(reader) && done.seed() == seed);
  }

  Campaign with(Done done, long megabytes) {
    List<Done> more = new ArrayList<>(batches);
    more.add(done);
    return of(more, Math.max(peakMegabytes, megabytes));
  }
}
