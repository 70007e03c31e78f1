package io.secateur.bench;

import io.secateur.data.BadData;
import io.secateur.format.JsonFault;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * JSON files that a run wrote, into records. Keys that must be there are, none is there twice, and
 * no value is bent into another type; keys that nobody knows are passed over.
 */
final class StrictJson {
  private static final JsonMapper READ =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private StrictJson() {}

  /**
   * The object in {@code file}.
   *
   * @param limit largest number of bytes read
   * @param accepted what the file should have been
   * @throws BadData naming file, line and cause
   */
  static <T> T read(Path file, int limit, Class<T> type, String accepted) {
    byte[] bytes = TruthJson.bytes(file, limit);
    T read;
    try {
      read = READ.readValue(bytes, type);
    } catch (JacksonException e) {
      throw new BadData(file.toString(), fault(e, document(bytes)), accepted);
    }
    if (read == null) {
      throw new BadData(file.toString(), "holds nothing", accepted);
    }
    return read;
  }

  private static JsonNode document(byte[] bytes) {
    try {
      return READ.readTree(bytes);
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  /** Such as {@code line 3, channels[0].index: is 1.5, not a whole number}. */
  private static String fault(JacksonException e, JsonNode document) {
    StringBuilder key = new StringBuilder();
    for (JacksonException.Reference step : e.getPath()) {
      if (step.getPropertyName() == null) {
        key.append('[').append(step.getIndex()).append(']');
      } else {
        key.append(key.length() == 0 ? "" : ".").append(step.getPropertyName());
      }
    }
    int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
    return "line "
        + line
        + (key.length() == 0 ? "" : ", " + key)
        + ": "
        + JsonFault.describe(e, document);
  }
}
