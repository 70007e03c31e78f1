package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;

/** The part of JSON Schema that {@code docs/result.schema.json} uses. */
final class SchemaCheck {
  private final JsonNode root;

  SchemaCheck(JsonNode root) {
    this.root = root;
  }

  void check(JsonNode value) {
    check("", value, root);
  }

  private void check(String where, JsonNode value, JsonNode given) {
    JsonNode schema =
        given.has("$ref") ? root.at(given.get("$ref").stringValue().substring(1)) : given;
    assertThat(schema.isMissingNode()).as("schema of %s", where).isFalse();
    if (schema.has("const")) {
      assertThat(value).as(where).isEqualTo(schema.get("const"));
    }
    if (schema.has("enum")) {
      assertThat(schema.get("enum")).as(where).contains(value);
    }
    if (schema.has("type")) {
      String type = schema.get("type").stringValue();
      boolean fits =
          switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "boolean" -> value.isBoolean();
            default -> throw new AssertionError("unknown type " + type);
          };
      assertThat(fits).as("%s is %s", where, type).isTrue();
    }
    if (schema.has("required")) {
      for (JsonNode key : schema.get("required")) {
        assertThat(value.has(key.stringValue())).as("%s has %s", where, key).isTrue();
      }
    }
    if (schema.has("properties")) {
      for (String key : value.propertyNames()) {
        assertThat(schema.get("properties").has(key)).as("%s/%s is described", where, key).isTrue();
        check(where + "/" + key, value.get(key), schema.get("properties").get(key));
      }
    }
    if (schema.has("items")) {
      for (JsonNode item : value) {
        check(where + "/*", item, schema.get("items"));
      }
    }
  }
}
