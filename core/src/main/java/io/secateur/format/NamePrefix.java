package io.secateur.format;

import io.secateur.nn.WeightTensor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What PyTorch's DataParallel puts before every tensor name.
 *
 * @param text {@code "module."}, or empty
 */
record NamePrefix(String text) {
  private static final String DATA_PARALLEL = "module.";

  /** The prefix that all of {@code names} share. */
  static NamePrefix of(Collection<String> names) {
    boolean shared =
        !names.isEmpty() && names.stream().allMatch(name -> name.startsWith(DATA_PARALLEL));
    return new NamePrefix(shared ? DATA_PARALLEL : "");
  }

  /** The same tensors in the same order, their names without the prefix. */
  Map<String, WeightTensor> strip(Map<String, WeightTensor> tensors) {
    Map<String, WeightTensor> stripped = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> stripped.put(name.substring(text.length()), tensor));
    return stripped;
  }
}
