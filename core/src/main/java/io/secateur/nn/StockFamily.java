package io.secateur.nn;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One family of stock architectures; what {@link StockArchitectures} and {@link Recognition} know
 * of it.
 */
interface StockFamily {

  /** Names of its members at their published width. */
  List<String> names();

  /** Output channels of the first convolution at the published width. */
  int width();

  /**
   * The member called {@code name} scaled to a first convolution of {@code width} channels; empty
   * if the family has no such member.
   *
   * @throws IllegalArgumentException if the input is too small or the width does not scale
   */
  Optional<Architecture> build(String name, FeatureShape input, int classes, int width);

  /**
   * Names worth trying for tensors of these names and shapes: families with free numbers in a name
   * derive them.
   */
  default List<String> candidates(Map<String, int[]> shapes) {
    return names();
  }

  /**
   * The name of an architecture: {@code name}, and {@code -wN} if the width is not the published
   * one.
   */
  default String title(String name, int width) {
    return width == width() ? name : name + "-w" + width;
  }

  /** Global mean, flatten and a linear layer: how most families end. */
  static void pooledHead(ArchitectureBuilder net, String from, String linear, int classes) {
    String x = net.add("pool", new Layer.GlobalAveragePool(), from);
    x = net.add("flatten", new Layer.Flatten(), x);
    net.linear(linear, x, classes);
  }
}
