package io.secateur.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A reader, and what to feed it.
 *
 * @param name in results
 * @param files that it reads, by their names in one folder
 * @param seeds honest samples: for each file its content, empty where it is absent
 * @param mutations of the first files; the others stay as they are
 * @param reader what must not break
 */
record Target(
    String name,
    List<String> files,
    List<List<byte[]>> seeds,
    List<Mutation> mutations,
    Reader reader) {

  /** Reads the files in a folder. */
  @FunctionalInterface
  interface Reader {
    void read(Path folder) throws IOException;
  }

  Target {
    files = List.copyOf(files);
    seeds = List.copyOf(seeds);
    mutations = List.copyOf(mutations);
  }

  @Override
  public String toString() {
    return name;
  }
}
