package io.secateur.nn;

import io.secateur.text.ForeignText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How well tensors fit one architecture; faults are ready to print. */
record ArchitectureFit(
    String name,
    Architecture architecture,
    int fitting,
    List<String> missing,
    List<String> extra,
    List<String> misshapen,
    boolean onlyLinearMisshapen) {

  static ArchitectureFit of(String name, Architecture architecture, Map<String, int[]> shapes) {
    Map<String, int[]> required = architecture.requiredTensors();
    List<String> missing = new ArrayList<>();
    List<String> misshapen = new ArrayList<>();
    boolean onlyLinear = true;
    for (Map.Entry<String, int[]> tensor : required.entrySet()) {
      int[] actual = shapes.get(tensor.getKey());
      if (actual == null) {
        missing.add(ForeignText.quoted(tensor.getKey()));
      } else if (!Arrays.equals(actual, tensor.getValue())) {
        misshapen.add(
            ForeignText.quoted(tensor.getKey())
                + " "
                + Arrays.toString(actual)
                + " instead of "
                + Arrays.toString(tensor.getValue()));
        onlyLinear &= actual.length == 2 && tensor.getValue().length == 2;
      }
    }
    int fitting = required.size() - missing.size() - misshapen.size();
    return new ArchitectureFit(
        name,
        architecture,
        fitting,
        missing,
        extra(architecture, shapes.keySet()).stream().map(ForeignText::quoted).toList(),
        misshapen,
        onlyLinear);
  }

  /** Those of {@code names} that no layer knows. */
  static List<String> extra(Architecture architecture, Collection<String> names) {
    Set<String> known = new HashSet<>(architecture.requiredTensors().keySet());
    for (Node node : architecture.nodes()) {
      if (node.layer() instanceof Layer.BatchNorm) {
        known.add(node.name() + ".num_batches_tracked");
      }
    }
    return names.stream().filter(name -> !known.contains(name)).toList();
  }

  boolean sameNames() {
    return missing.isEmpty() && extra.isEmpty();
  }

  boolean exact() {
    return sameNames() && misshapen.isEmpty();
  }

  int tensors() {
    return fitting + missing.size() + misshapen.size();
  }

  /** Share of fitting tensors, a misshapen one counting half. */
  double score() {
    return (fitting + misshapen.size() / 2.0) / (tensors() + extra.size());
  }
}
