package io.secateur.nn;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tensors by their {@code state_dict} name, in file order. Immutable. */
public final class Weights {
  private final Map<String, WeightTensor> tensors;

  private Weights(LinkedHashMap<String, WeightTensor> tensors) {
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /** Weights with the tensors of {@code tensors}, in its iteration order. */
  public static Weights of(Map<String, WeightTensor> tensors) {
    return new Weights(new LinkedHashMap<>(tensors));
  }

  /** The names in file order. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /** All tensors by name, in file order. */
  public Map<String, WeightTensor> asMap() {
    return tensors;
  }

  /** The tensor called {@code name}, if there is one. */
  public Optional<WeightTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /**
   * The tensor called {@code name}.
   *
   * @throws IllegalArgumentException if there is none
   */
  public WeightTensor get(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("no tensor named '" + name + "'"));
  }

  /**
   * These weights with {@code replacements} put in place of (or, for new names, after) the present
   * ones.
   */
  public Weights with(Map<String, WeightTensor> replacements) {
    LinkedHashMap<String, WeightTensor> merged = new LinkedHashMap<>(tensors);
    merged.putAll(replacements);
    return new Weights(merged);
  }

  /** These weights as a file in that type will hold them; integers stay. */
  public Weights storedAs(ElementType type) {
    LinkedHashMap<String, WeightTensor> stored = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            stored.put(
                name,
                tensor.type().floating()
                    ? WeightTensor.ofFloats(type, tensor.shape(), tensor.floats())
                    : tensor));
    return new Weights(stored);
  }

  /** Number of values in floating tensors. */
  public long parameters() {
    return tensors.values().stream()
        .filter(t -> t.type().floating())
        .mapToLong(WeightTensor::size)
        .sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Weights that && tensors.equals(that.tensors);
  }

  @Override
  public int hashCode() {
    return tensors.hashCode();
  }

  @Override
  public String toString() {
    return "Weights[" + tensors.size() + " tensors]";
  }
}
