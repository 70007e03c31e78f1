package io.secateur.format;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;

/**
 * What Jackson does not accept in JSON or YAML, told to whoever wrote it: Jackson itself speaks of
 * classes and of settings of its own.
 */
public final class JsonFault {
  /** How Jackson puts it. */
  private static final Pattern MISSING =
      Pattern.compile("Missing required creator property '(.*)' \\(index \\d+\\)");

  private static final Set<Class<?>> WHOLE =
      Set.of(int.class, Integer.class, long.class, Long.class);
  private static final Set<Class<?>> REAL =
      Set.of(double.class, Double.class, float.class, Float.class);

  private JsonFault() {}

  /**
   * A phrase that can follow the name of a key, such as {@code is 2.5, not a whole number}.
   *
   * @param document what was read, as far as it could be
   */
  public static String describe(JacksonException e, JsonNode document) {
    Optional<String> missing = missing(e);
    if (missing.isPresent()) {
      return "'" + missing.get() + "' is missing";
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return "is " + shown(found(document, e)) + ", not " + accepted(mismatch.getTargetType());
    }
    return syntax(e);
  }

  /** The key that must be there and is not, if that is the fault. */
  static Optional<String> missing(JacksonException e) {
    Matcher matcher = MISSING.matcher(e.getOriginalMessage());
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  /** What is no JSON or YAML at all, without advice for programmers. */
  public static String syntax(JacksonException e) {
    return e.getOriginalMessage()
        .replaceFirst(": enable `.*` to allow", "")
        .replaceFirst(
            "\\(start marker at \\[.*line: (\\d+), column: (\\d+)]\\)", "(begun in line $1)")
        .replaceFirst(" \\(but might.*", "");
  }

  /** The innermost part of {@code document} on the way to the fault. */
  static JsonNode found(JsonNode document, JacksonException e) {
    JsonNode found = document;
    for (JacksonException.Reference step : e.getPath()) {
      JsonNode next =
          step.getPropertyName() == null
              ? found.path(step.getIndex())
              : found.path(step.getPropertyName());
      if (next.isMissingNode()) {
        return found;
      }
      found = next;
    }
    return found;
  }

  private static String shown(JsonNode found) {
    if (found.isObject()) {
      return "a set of keys";
    }
    if (found.isArray()) {
      return "a list";
    }
    if (found.isString()) {
      return Malformed.quote(found.stringValue());
    }
    return found.isMissingNode() || found.isNull() ? "nothing" : found.toString();
  }

  private static String accepted(Class<?> type) {
    if (WHOLE.contains(type)) {
      return "a whole number";
    }
    if (REAL.contains(type)) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "a text";
    }
    if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return Map.class.isAssignableFrom(type) ? "a set of keys" : "the keys " + KnownKeys.of(type);
  }

  /** A token of JSON as people call it. */
  static String called(@Nullable JsonToken token) {
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      case VALUE_TRUE, VALUE_FALSE -> "true or false";
      case VALUE_NULL -> "null";
      default -> "the end";
    };
  }
}
