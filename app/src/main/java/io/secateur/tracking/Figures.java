package io.secateur.tracking;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Finds the figures in what a run tells. */
final class Figures {
  private static final Pattern NAMED =
      Pattern.compile("([\\p{L}][\\p{L} _-]*?):? (-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)(?: %)?");

  private Figures() {}

  /** Those of a progress note, such as {@code loss 0.31, CA 88.2}: name and number, by name. */
  static Map<String, Double> in(String note) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (String part : note.split("[,;]")) {
      Matcher named = NAMED.matcher(part.strip());
      if (named.matches()) {
        figures.put(named.group(1), Double.parseDouble(named.group(2)));
      }
    }
    return figures;
  }

  /** The finite numbers of an object and of objects in it, by their keys with {@code /} between. */
  static Map<String, Double> in(JsonNode result) {
    Map<String, Double> figures = new LinkedHashMap<>();
    collect("", result, figures);
    return figures;
  }

  private static void collect(String prefix, JsonNode object, Map<String, Double> figures) {
    for (Map.Entry<String, JsonNode> property : object.properties()) {
      JsonNode value = property.getValue();
      if (value.isObject()) {
        collect(prefix + property.getKey() + "/", value, figures);
      } else if (value.isNumber() && Double.isFinite(value.doubleValue())) {
        figures.put(prefix + property.getKey(), value.doubleValue());
      }
    }
  }
}
