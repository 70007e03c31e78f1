package io.secateur.prune;

import io.secateur.nn.Architecture;
import io.secateur.nn.Channel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The units that a search may prune, in a fixed order, and the way from a choice of units to
 * channel masks. No channel is in two units.
 */
public final class PruningSpace {
  private final Architecture architecture;
  private final List<PruningUnit> units;

  /** Per node with prunable channels: the unit of each channel, or −1. */
  private final Map<String, int[]> unitOfChannel = new LinkedHashMap<>();

  /**
   * A space of these units.
   *
   * @throws IllegalArgumentException if a channel does not exist or is in two units
   */
  public PruningSpace(Architecture architecture, List<PruningUnit> units) {
    this.architecture = architecture;
    this.units = List.copyOf(units);
    for (int unit = 0; unit < units.size(); unit++) {
      for (Channel channel : units.get(unit).channels()) {
        int channels = architecture.node(channel.node()).output().channels();
        if (channel.index() >= channels) {
          throw new IllegalArgumentException(
              channel + " does not exist, the layer has " + channels + " channels");
        }
        int[] owners = unitOfChannel.computeIfAbsent(channel.node(), name -> filled(channels));
        if (owners[channel.index()] >= 0) {
          throw new IllegalArgumentException(channel + " is in two units");
        }
        owners[channel.index()] = unit;
      }
    }
  }

  private static int[] filled(int length) {
    int[] owners = new int[length];
    Arrays.fill(owners, -1);
    return owners;
  }

  /** The architecture that the units belong to. */
  public Architecture architecture() {
    return architecture;
  }

  /** The units. */
  public List<PruningUnit> units() {
    return units;
  }

  /** Number of units. */
  public int size() {
    return units.size();
  }

  /** Names of the nodes that a mask may touch. */
  public Set<String> nodes() {
    return unitOfChannel.keySet();
  }

  /** For each channel of {@code node} its unit, or −1. */
  public int[] unitsOf(String node) {
    return unitOfChannel.getOrDefault(node, new int[0]).clone();
  }

  /**
   * Units of one layer, as ranges of equal {@link PruningUnit#layer}, in order: layer → unit
   * numbers.
   */
  public Map<String, List<Integer>> layers() {
    Map<String, List<Integer>> layers = new LinkedHashMap<>();
    for (int unit = 0; unit < units.size(); unit++) {
      layers.computeIfAbsent(units.get(unit).layer(), name -> new ArrayList<>()).add(unit);
    }
    return layers;
  }

  /**
   * The factors 0 and 1 that prune the chosen units: node → value per channel; untouched nodes are
   * left out.
   */
  public Map<String, float[]> factors(boolean[] pruned) {
    if (pruned.length != units.size()) {
      throw new IllegalArgumentException(
          "mask of " + pruned.length + " units, the space has " + units.size());
    }
    Map<String, float[]> factors = new LinkedHashMap<>();
    unitOfChannel.forEach(
        (node, owners) -> {
          float[] values = new float[owners.length];
          boolean touched = false;
          for (int c = 0; c < owners.length; c++) {
            boolean zero = owners[c] >= 0 && pruned[owners[c]];
            values[c] = zero ? 0 : 1;
            touched |= zero;
          }
          if (touched) {
            factors.put(node, values);
          }
        });
    return factors;
  }

  /** Whether pruning the chosen units would leave some layer without a channel. */
  public boolean empties(boolean[] pruned) {
    for (float[] factors : factors(pruned).values()) {
      float sum = 0;
      for (float factor : factors) {
        sum += factor;
      }
      if (sum == 0) {
        return true;
      }
    }
    return false;
  }
}
