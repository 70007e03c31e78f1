package io.secateur.format;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names of layers from those of an ONNX graph. A layer whose weight is called {@code
 * layer1.0.conv1.weight} is {@code layer1.0.conv1}; elsewhere the node's name says, which PyTorch
 * forms as {@code /layer1/layer1.0/conv1/Conv}.
 */
final class OnnxNames {
  private static final String WEIGHT = ".weight";
  private static final Set<String> FUNCTIONS =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Sum",
          "Concat",
          "Flatten",
          "Reshape",
          "Transpose",
          "Slice",
          "Split",
          "Gather",
          "Pad",
          "ReduceMean",
          "Squeeze",
          "Unsqueeze");

  private final Set<String> taken = new HashSet<>(Set.of("input"));
  private final Set<String> reserved = new HashSet<>();

  /** The last number tried behind a name. All up to it are in use and need no second look. */
  private final Map<String, Integer> numbers = new HashMap<>();

  /** Keeps the name that {@code weight} gives its layer from all others. */
  void reserve(String weight) {
    if (ofWeight(weight) != null) {
      reserved.add(String.valueOf(ofWeight(weight)));
    }
  }

  private static @Nullable String ofWeight(String weight) {
    return weight.endsWith(WEIGHT) && weight.length() > WEIGHT.length()
        ? weight.substring(0, weight.length() - WEIGHT.length())
        : null;
  }

  /** Name of the layer that {@code node} becomes, whose weight is called {@code weight}. */
  String layer(OnnxNode node, String weight) {
    String prefix = ofWeight(weight);
    return prefix != null && taken.add(prefix) ? prefix : unique(cleaned(node));
  }

  /** Name of a layer without weights. */
  String layer(OnnxNode node) {
    return unique(cleaned(node));
  }

  /** A name that begins with {@code wanted}. */
  String unique(String wanted) {
    String name = wanted;
    while (reserved.contains(name) || !taken.add(name)) {
      name = wanted + "_" + numbers.merge(wanted, 1, Integer::sum);
    }
    return name;
  }

  /** The name that the node suggests. */
  String cleaned(OnnxNode node) {
    String given = node.name();
    String operator = node.operator().toLowerCase(Locale.ROOT);
    if (given.isEmpty()) {
      return operator;
    }
    if (!given.startsWith("/")) {
      return given;
    }
    String[] parts = given.substring(1).split("/", -1);
    StringBuilder path = new StringBuilder();
    String previous = "";
    for (int i = 0; i < parts.length - 1; i++) {
      boolean longer = !previous.isEmpty() && parts[i].startsWith(previous + ".");
      String own = longer ? parts[i].substring(previous.length() + 1) : parts[i];
      path.append(path.length() == 0 ? "" : ".").append(own);
      previous = parts[i];
    }
    String last = parts[parts.length - 1];
    boolean counted = last.startsWith(node.operator() + "_");
    boolean function = path.length() == 0 || FUNCTIONS.contains(node.operator());
    if (!last.equals(node.operator()) && !counted) {
      return path + (path.length() == 0 ? "" : ".") + last;
    }
    String number = counted ? last.substring(node.operator().length()) : "";
    return path + (function ? (path.length() == 0 ? "" : ".") + operator : "") + number;
  }
}
