package io.secateur.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Results as JSON: absent values are left out. */
public final class ResultJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .changeDefaultPropertyInclusion(
              inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
          .build();

  private ResultJson() {}

  /** {@code value}, a record or map of plain values, indented. */
  public static String of(Object value) {
    return JSON.writeValueAsString(value);
  }
}
