package io.secateur.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Many samples for one reader, made from its seeds and from those samples that led somewhere new:
 * over a branch not taken before, or to a refusal in other words. The same for the same seed.
 */
final class Batch {
  private static final int MOST_KEPT = 5000;
  private static final int MOST_SHAPES = 2000;
  private static final int SMALL = 1 << 13;

  private final Target target;
  private final Oracle oracle;
  private final Draws draws;
  private final List<List<byte[]>> kept;
  private final Set<String> shapes = new TreeSet<>();
  private final Map<String, List<byte[]>> findings = new TreeMap<>();
  private final int largest;
  private int accepted;
  private int reached;

  Batch(Target target, long seed, Path folder) {
    this.target = target;
    this.oracle = new Oracle(target, folder);
    this.draws = new Draws(seed * 31 + target.name().hashCode());
    this.kept = new ArrayList<>(target.seeds());
    this.largest = SMALL + target.seeds().stream().mapToInt(Batch::size).max().orElse(0);
  }

  /**
   * What came of a batch.
   *
   * @param refusals that differ in their words
   * @param branches that were taken; 0 where nobody looked
   * @param findings samples that broke the reader, by how
   */
  record Result(
      int inputs, int accepted, int refusals, int branches, Map<String, List<byte[]>> findings) {}

  /** Watches a batch, so that a sample that never ends can be told. */
  interface Watch {
    Watch NONE = sample -> {};

    void reads(List<byte[]> sample) throws IOException;
  }

  Result run(int inputs, Watch watch) throws IOException {
    Probes.clear();
    for (List<byte[]> seed : target.seeds()) {
      judge(seed, watch);
    }
    accepted = 0;
    for (int i = 0; i < inputs; i++) {
      List<byte[]> sample = changed();
      if (judge(sample, watch) && kept.size() < MOST_KEPT && size(sample) < largest) {
        kept.add(sample);
      }
      if (i % 1000 == 999 || i == inputs - 1) {
        if (!oracle.untouched()) {
          findings.putIfAbsent("wrote or ran something", sample);
        }
      }
    }
    return new Result(inputs, accepted, shapes.size(), reached, findings);
  }

  /** Whether {@code sample} leads somewhere new. */
  private boolean judge(List<byte[]> sample, Watch watch) throws IOException {
    watch.reads(sample);
    Oracle.Outcome outcome = oracle.read(sample);
    outcome.finding().ifPresent(finding -> findings.putIfAbsent(finding, sample));
    accepted += outcome.refusal().isEmpty() ? 1 : 0;
    boolean other =
        shapes.size() < MOST_SHAPES && outcome.refusal().isPresent() && shapes.add(shape(outcome));
    int before = reached;
    reached = Probes.reached();
    return other || reached > before;
  }

  /** What was said, less the numbers, names and texts of one file. */
  private static final java.util.regex.Pattern DETAIL =
      java.util.regex.Pattern.compile("'[^']*'|[0-9.eE+-]+|\\[[^\\]]*\\]");

  private static String shape(Oracle.Outcome outcome) {
    String said = outcome.refusal().orElse("");
    return DETAIL.matcher(said.substring(said.indexOf(": ") + 1)).replaceAll("#");
  }

  private static int size(List<byte[]> sample) {
    return sample.stream().mapToInt(content -> content.length).sum();
  }

  private List<byte[]> changed() {
    List<byte[]> from = draws.once(4) ? draws.of(target.seeds()) : draws.of(kept);
    List<byte[]> other = draws.of(kept);
    List<byte[]> sample = new ArrayList<>(from);
    for (int times = draws.few(3); times > 0; times--) {
      int at = draws.once(2) ? 0 : draws.below(target.mutations().size());
      if (at == 0 || sample.get(at).length > 0) {
        sample.set(at, target.mutations().get(at).of(sample.get(at), other.get(at), draws));
      }
    }
    return sample;
  }

  static Path folder(String name) throws IOException {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory)
        ? Files.createTempDirectory(memory, "secateur-" + name)
        : Files.createTempDirectory("secateur-" + name);
  }
}
