package io.secateur.format;

import io.secateur.text.ForeignText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is wrong with a file, without its name: {@link ModelFiles} adds it and throws a {@link
 * BadModelFile}.
 */
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MOST_SHOWN = 5;

  private final transient List<UnsupportedOperator> operators;

  Malformed(String message) {
    super(message);
    this.operators = List.of();
  }

  Malformed(String message, Throwable cause) {
    super(message, cause);
    this.operators = List.of();
  }

  private Malformed(String message, List<UnsupportedOperator> operators) {
    super(message);
    this.operators = List.copyOf(operators);
  }

  /** An ONNX graph with such operators in it: names the first of each kind. */
  static Malformed unsupported(List<UnsupportedOperator> operators) {
    Map<String, UnsupportedOperator> kinds = new LinkedHashMap<>();
    operators.forEach(each -> kinds.putIfAbsent(each.operator() + each.reason(), each));
    List<String> shown =
        kinds.values().stream().limit(MOST_SHOWN).map(UnsupportedOperator::toString).toList();
    int more = operators.size() - shown.size();
    return new Malformed(
        "has operators that are not supported: "
            + String.join("; ", shown)
            + (more > 0 ? "; and " + more + " more" : ""),
        operators);
  }

  /** The operators that are to blame; empty if none is. */
  List<UnsupportedOperator> operators() {
    return operators;
  }

  /** Text from a foreign file, fit for a terminal or a log. */
  static String quote(String foreign) {
    return ForeignText.quoted(foreign);
  }

  /** A count or size as people say it: exact while short, then as a power of ten. */
  static String count(long value) {
    return value < 1_000_000_000L
        ? Long.toString(value)
        : String.format(java.util.Locale.ROOT, "%.3g", (double) value);
  }
}
