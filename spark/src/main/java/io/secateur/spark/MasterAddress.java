package io.secateur.spark;

import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Address of a cluster, as Spark writes them.
 *
 * @param text as given
 * @param kind where the work is done
 */
record MasterAddress(String text, Kind kind) {
  /** Where the work is done. */
  enum Kind {
    /** In this process. */
    EMBEDDED("local(\\[(\\*|[1-9]\\d{0,3})(,[1-9]\\d{0,3})?])?"),
    /** In processes on this machine that end with this one. */
    OWN_PROCESSES(
        "local-cluster\\[\\s*[1-9]\\d{0,3}\\s*,\\s*[1-9]\\d{0,3}\\s*,\\s*[1-9]\\d{0,8}\\s*]"),
    /** On machines of a cluster. */
    MACHINES("spark://[^\\s,/]+:\\d{1,5}(,[^\\s,/]+:\\d{1,5})*|yarn|k8s://\\S+");

    private final Pattern form;

    Kind(String form) {
      this.form = Pattern.compile(form);
    }
  }

  private static final Pattern LOOPBACK =
      Pattern.compile("spark://(localhost|127\\.[\\d.]+|\\[::1]):\\d+");
  private static final Pattern OWN =
      Pattern.compile("local-cluster\\[\\s*\\d+\\s*,\\s*(\\d+)\\s*,\\s*(\\d+)\\s*]");

  /**
   * Reads an address. Connects to nothing.
   *
   * @throws IllegalArgumentException if it has none of the forms that Spark knows
   */
  static MasterAddress parse(String text) {
    for (Kind kind : Kind.values()) {
      if (kind.form.matcher(text).matches()) {
        return new MasterAddress(text, kind);
      }
    }
    throw new IllegalArgumentException(
        "'"
            + text
            + "' is no address of a Spark cluster; expected local, local[N], local[*],"
            + " local-cluster[WORKERS,CORES,MEGABYTES], spark://HOST:PORT, yarn or"
            + " k8s://HOST:PORT");
  }

  /** Whether all that takes part is on this machine, so that nothing else need be let in. */
  boolean isOnThisMachine() {
    return kind != Kind.MACHINES || LOOPBACK.matcher(text).matches();
  }

  /** Cores of each worker, where the address tells. */
  OptionalInt coresOfAWorker() {
    return own(1);
  }

  /** Memory of each worker, where the address tells. */
  OptionalInt megabytesOfAWorker() {
    return own(2);
  }

  private OptionalInt own(int group) {
    Matcher own = OWN.matcher(text);
    return own.matches() ? OptionalInt.of(Integer.parseInt(own.group(group))) : OptionalInt.empty();
  }
}
