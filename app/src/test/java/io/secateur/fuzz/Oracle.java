package io.secateur.fuzz;

import com.sun.management.ThreadMXBean;
import io.secateur.data.BadData;
import io.secateur.format.BadModelFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads samples in a folder and judges how that ends: well, or with a refusal of ours that names
 * the file, in bounded time and memory. Anything else is a finding.
 */
final class Oracle {
  /** Processor seconds that a sample may take, twice in a row. */
  static final double MOST_SECONDS = 1;

  /**
   * Bytes that may be allocated while a sample is read: this many, and so many for each byte of it.
   */
  static final long MOST_BYTES = 256L << 20;

  static final long MOST_BYTES_PER_BYTE = 64;

  private static final String SLOW = "takes too long before ";
  private static final int LONGEST_MESSAGE = 4000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Target target;
  private final Path folder;
  private final List<byte[]> present = new ArrayList<>();

  Oracle(Target target, Path folder) {
    this.target = target;
    this.folder = folder;
    target.files().forEach(file -> present.add(new byte[0]));
  }

  /**
   * How reading a sample ended.
   *
   * @param refusal what the reader said; empty if it accepted
   * @param finding what is wrong with that; empty if nothing is
   */
  record Outcome(Optional<String> refusal, Optional<String> finding) {}

  Outcome read(List<byte[]> sample) throws IOException {
    long size = place(sample);
    Outcome first = attempt(size);
    boolean slow = first.finding().filter(finding -> finding.startsWith(SLOW)).isPresent();
    return slow ? attempt(size) : first;
  }

  /** Whether something ran that a pickle named, or wrote where only this class may. */
  boolean untouched() throws IOException {
    try (var files = Files.walk(folder)) {
      List<String> names =
          files.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString()).toList();
      return target.files().containsAll(names) && !Files.exists(Path.of(PickleMutations.CANARY));
    }
  }

  private long place(List<byte[]> sample) throws IOException {
    long size = 0;
    for (int i = 0; i < sample.size(); i++) {
      byte[] content = sample.get(i);
      size += content.length;
      if (content != present.get(i)) {
        Path file = folder.resolve(target.files().get(i));
        if (content.length == 0 && i > 0) {
          Files.deleteIfExists(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.write(file, content);
        }
        present.set(i, content);
      }
    }
    return size;
  }

  private Outcome attempt(long size) {
    Optional<Throwable> thrown = Optional.empty();
    long bytes = THREADS.getCurrentThreadAllocatedBytes();
    long time = THREADS.getCurrentThreadCpuTime();
    try {
      target.reader().read(folder);
    } catch (Throwable e) {
      thrown = Optional.of(e);
    }
    double seconds = (THREADS.getCurrentThreadCpuTime() - time) / 1e9;
    bytes = THREADS.getCurrentThreadAllocatedBytes() - bytes;
    Optional<String> refusal = thrown.map(e -> String.valueOf(e.getMessage()));
    String end = thrown.map(Oracle::place).orElse("acceptance");
    Optional<String> finding = thrown.flatMap(this::misplaced);
    if (finding.isEmpty() && seconds > MOST_SECONDS) {
      finding = Optional.of(SLOW + end);
    } else if (finding.isEmpty() && bytes > MOST_BYTES + MOST_BYTES_PER_BYTE * size) {
      finding = Optional.of("allocates too much before " + end);
    }
    return new Outcome(refusal, finding);
  }

  /** What is wrong with a refusal; empty if it is a proper one. */
  private Optional<String> misplaced(Throwable thrown) {
    if (!(thrown instanceof BadModelFile) && !(thrown instanceof BadData)) {
      return Optional.of("throws " + place(thrown));
    }
    String said = String.valueOf(thrown.getMessage());
    if (!said.startsWith(folder + "/")) {
      return Optional.of("does not name the file: " + said);
    }
    return said.length() > LONGEST_MESSAGE
        ? Optional.of("says too much: " + place(thrown))
        : Optional.empty();
  }

  /** Class and first lines of ours in the stack. */
  private static String place(Throwable thrown) {
    List<String> frames =
        Arrays.stream(thrown.getStackTrace())
            .filter(frame -> frame.getClassName().startsWith("io.secateur."))
            .limit(3)
            .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
            .toList();
    return thrown.getClass().getSimpleName() + " " + frames;
  }
}
