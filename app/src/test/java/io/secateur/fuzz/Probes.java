package io.secateur.fuzz;

import java.util.ArrayList;
import java.util.List;

/** The branches of instrumented classes that were taken since the process began. */
public final class Probes {
  private static final List<boolean[]> ALL = new ArrayList<>();

  private Probes() {}

  /** Instrumented classes call this once each. */
  public static boolean[] of(long id, String type, int count) {
    boolean[] probes = new boolean[count];
    synchronized (ALL) {
      ALL.add(probes);
    }
    return probes;
  }

  /** How many branches were taken; 0 where nothing is instrumented. */
  public static int reached() {
    int reached = 0;
    synchronized (ALL) {
      for (boolean[] probes : ALL) {
        for (boolean probe : probes) {
          reached += probe ? 1 : 0;
        }
      }
    }
    return reached;
  }

  /** Forgets what was taken. */
  public static void clear() {
    synchronized (ALL) {
      ALL.forEach(probes -> java.util.Arrays.fill(probes, false));
    }
  }
}
