package io.secateur.nn;

import io.secateur.text.ForeignText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A classifier as data: what is computed, with which numbers, on images normalised how. Immutable;
 * pruning makes another network. Tensors that no layer uses are kept, so that a file can be written
 * back whole.
 *
 * @param architecture layers and their order
 * @param weights tensors by name; every tensor that the architecture needs is present with its
 *     shape
 * @param preprocessing applied to images in [0, 1] before the first layer
 */
public record Network(Architecture architecture, Weights weights, Preprocessing preprocessing) {
  /**
   * Checks the weights against the architecture.
   *
   * @throws NetworkMismatch naming every missing or misshapen tensor (the first five)
   */
  public Network {
    requireNone(faults(architecture, weights), architecture);
    if (preprocessing.channels() != architecture.input().channels()) {
      throw new NetworkMismatch(
          "preprocessing has "
              + preprocessing.channels()
              + " channels, the network reads "
              + architecture.input().channels());
    }
  }

  /**
   * A network whose layers use all tensors but those in {@code unread}: one that is described by
   * hand, where a tensor too many is a layer too few.
   *
   * @throws NetworkMismatch naming every missing, misshapen or extra tensor (the first five)
   */
  public static Network exact(
      Architecture architecture, Weights weights, Preprocessing preprocessing, Set<String> unread) {
    List<String> faults = faults(architecture, weights);
    for (String name : ArchitectureFit.extra(architecture, weights.names())) {
      if (!unread.contains(name)) {
        faults.add("tensor " + ForeignText.quoted(name) + " is extra: no layer reads it");
      }
    }
    requireNone(faults, architecture);
    return new Network(architecture, weights, preprocessing);
  }

  private static List<String> faults(Architecture architecture, Weights weights) {
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, int[]> required : architecture.requiredTensors().entrySet()) {
      var tensor = weights.find(required.getKey());
      String name = "tensor " + ForeignText.quoted(required.getKey());
      if (tensor.isEmpty()) {
        faults.add(name + " is missing");
      } else if (!tensor.get().type().floating()) {
        faults.add(name + " holds " + tensor.get().type() + ", not floating-point numbers");
      } else if (!Arrays.equals(tensor.get().shape(), required.getValue())) {
        faults.add(
            name
                + " has shape "
                + Arrays.toString(tensor.get().shape())
                + ", expected "
                + Arrays.toString(required.getValue()));
      }
    }
    return faults;
  }

  private static void requireNone(List<String> faults, Architecture architecture) {
    if (!faults.isEmpty()) {
      String more = faults.size() > 5 ? "; and " + (faults.size() - 5) + " more" : "";
      throw new NetworkMismatch(
          "weights do not fit "
              + architecture.name()
              + ": "
              + String.join("; ", faults.subList(0, Math.min(5, faults.size())))
              + more);
    }
  }

  /** Names of the tensors that no layer reads. */
  public List<String> unread() {
    return ArchitectureFit.extra(architecture, weights.names());
  }

  /** The same network with other weights. */
  public Network withWeights(Weights replacement) {
    return new Network(architecture, replacement, preprocessing);
  }

  /** Number of classes. */
  public int classes() {
    return architecture.classes();
  }
}
