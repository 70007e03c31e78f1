package io.secateur.bench;

import io.secateur.nn.Architecture;
import io.secateur.nn.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/** Multiply-accumulate operations of what lies between known activations and the logits. */
final class RecomputedMacs {
  private RecomputedMacs() {}

  /** For one image, when the outputs of {@code known} are given. */
  static long of(Architecture architecture, Set<String> known) {
    Set<String> seen = new HashSet<>(known);
    Deque<String> open = new ArrayDeque<>();
    open.add(architecture.output().name());
    long macs = 0;
    while (!open.isEmpty()) {
      String name = open.remove();
      if (seen.add(name)) {
        Node node = architecture.node(name);
        macs += Architecture.macs(node);
        open.addAll(node.inputs());
      }
    }
    return macs;
  }
}
