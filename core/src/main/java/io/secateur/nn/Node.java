package io.secateur.nn;

import java.util.List;

/**
 * One layer in its place.
 *
 * @param name unique; for a layer with weights the prefix of their {@code state_dict} names
 * @param layer what it computes
 * @param inputs names of the nodes it reads, in order
 * @param output shape of what it yields for one image
 */
public record Node(String name, Layer layer, List<String> inputs, FeatureShape output) {
  /** Copies the inputs. */
  public Node {
    inputs = List.copyOf(inputs);
  }
}
