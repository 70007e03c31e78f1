package io.secateur.format;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * YAML into records. Keys that nobody knows, keys that are missing, keys twice and empty values are
 * refused, with line and column; a single value may stand for a list of one.
 */
public final class StrictYaml {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          // An empty text would become a number that is none.
          .withCoercionConfigDefaults(
              config -> config.setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail))
          .build();

  private static final int LONGEST_MESSAGE = 600;
  private static final int MOST_NAMED = 5;

  private StrictYaml() {}

  /** Text that cannot be read: the message names line, column and cause. */
  public static final class BadYaml extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadYaml(String message) {
      super(message);
    }

    BadYaml(String message, Throwable cause) {
      super(shortened(message), cause);
    }

    /** Jackson quotes what it read, however long that is. */
    private static String shortened(String message) {
      return message.length() <= LONGEST_MESSAGE
          ? message
          : message.substring(0, LONGEST_MESSAGE) + "...";
    }
  }

  /**
   * Reads {@code text} as a {@code type}.
   *
   * @throws BadYaml if it is none, or empty
   */
  public static <T> T read(String text, Class<T> type) {
    T value;
    try {
      refuseNulls(text);
      value = YAML.readValue(new WholeCharacters(text), type);
    } catch (JacksonException e) {
      throw new BadYaml(place(text, e.getPath()) + fault(e, document(text)), e);
    }
    if (value == null) {
      throw new BadYaml("it is empty");
    }
    return value;
  }

  /** No setting may be empty; what is not wanted is left out. */
  private static void refuseNulls(String text) {
    try (JsonParser parser = YAML.createParser(new WholeCharacters(text))) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_NULL) {
          throw new BadYaml(printed(parser.currentTokenLocation()) + "a value is missing");
        }
      }
    }
  }

  /**
   * Where {@code text} holds what {@code path} leads to, or the innermost part of it that there is;
   * empty if nowhere.
   */
  private static String place(String text, List<JacksonException.Reference> path) {
    List<String> pointers = new ArrayList<>(List.of(""));
    for (JacksonException.Reference step : path) {
      String part =
          step.getPropertyName() == null ? String.valueOf(step.getIndex()) : step.getPropertyName();
      pointers.add(pointers.get(pointers.size() - 1) + "/" + part);
    }
    return place(text, pointers);
  }

  /** "line 3, column 5: ", where {@code text} holds what the JSON pointer leads to. */
  public static String place(String text, String pointer) {
    return place(text, (Collection<String>) List.of(pointer));
  }

  private static String place(String text, Collection<String> pointers) {
    TokenStreamLocation found = null;
    int depth = -1;
    try (JsonParser parser = YAML.createParser(new WholeCharacters(text))) {
      while (parser.nextToken() != null) {
        String here = parser.streamReadContext().pathAsPointer().toString();
        if (here.length() > depth && pointers.contains(here)) {
          found = parser.currentTokenLocation();
          depth = here.length();
        }
      }
    } catch (JacksonException e) {
      found = e.getLocation();
    }
    return found == null ? "" : printed(found);
  }

  private static String printed(TokenStreamLocation location) {
    return "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
  }

  private static String fault(JacksonException e, JsonNode document) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown setting '"
          + unknown.getPropertyName()
          + "'; known are "
          + new TreeSet<>(unknown.getKnownPropertyIds().stream().map(String::valueOf).toList());
    }
    if (e instanceof InvalidTypeIdException invalid) {
      String what =
          invalid.getTypeId() == null
              ? "there is no type"
              : "unknown type '" + invalid.getTypeId() + "'";
      return what + "; known are " + KnownKeys.types(invalid.getBaseType().getRawClass());
    }
    if (JsonFault.missing(e).isPresent()) {
      return JsonFault.describe(e, document) + unknown(e, JsonFault.found(document, e));
    }
    return named(e) + JsonFault.describe(e, document);
  }

  /** A key that is missing is often there, misspelt. */
  private static String unknown(JacksonException e, JsonNode found) {
    List<JacksonException.Reference> path = e.getPath();
    Object owner = path.isEmpty() ? null : path.get(path.size() - 1).from();
    Set<String> known = owner instanceof Class<?> type ? KnownKeys.of(type) : Set.of();
    if (known.isEmpty()) {
      return "";
    }
    List<String> others =
        found.propertyNames().stream()
            .filter(key -> !known.contains(key))
            .limit(MOST_NAMED)
            .map(Malformed::quote)
            .toList();
    return others.isEmpty()
        ? ""
        : ", and " + String.join(", ", others) + " unknown; known are " + known;
  }

  private static String named(JacksonException e) {
    if (!(e instanceof MismatchedInputException)) {
      return "";
    }
    for (int i = e.getPath().size() - 1; i >= 0; i--) {
      if (e.getPath().get(i).getPropertyName() != null) {
        return "'" + e.getPath().get(i).getPropertyName() + "' ";
      }
    }
    return "it ";
  }

  /** What {@code text} holds, as far as it can be read. */
  private static JsonNode document(String text) {
    try {
      return YAML.readTree(new WholeCharacters(text));
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }
}
