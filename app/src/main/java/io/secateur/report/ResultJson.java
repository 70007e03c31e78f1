package io.secateur.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.secateur.text.ForeignText;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Results as JSON: absent values are left out. Names in them may be foreign: characters that would
 * move a terminal's cursor or turn what is read around are escapes.
 */
public final class ResultJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  private static final JsonMapper READ =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private ResultJson() {}

  /** {@code value}, a record or map of plain values, indented. */
  public static String of(Object value) {
    return ForeignText.escaped(JSON.writeValueAsString(value));
  }

  /** The same with {@code schemaVersion} before all other keys of a record or map. */
  public static String of(int schemaVersion, Object value) {
    ObjectNode versioned = JSON.createObjectNode().put("schemaVersion", schemaVersion);
    versioned.setAll((ObjectNode) JSON.valueToTree(value));
    return ForeignText.escaped(JSON.writeValueAsString(versioned));
  }

  /**
   * Reads what {@link #of} wrote; keys that are unknown, as of a later version, are passed over.
   *
   * @throws JacksonException if it is no {@code type}
   */
  public static <T> T read(String json, Class<T> type) {
    return READ.readValue(json, type);
  }
}
