package io.secateur;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON against schemas: those of {@code docs}, where a key that is not described counts as wrong
 * too, and the official ones of SARIF and CycloneDX, which libraries carry. Nothing is fetched.
 */
public final class Schemas {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Path DOCS = Path.of(System.getProperty("secateur.root", ".."), "docs");
  private static final String OURS = "https://secateur.invalid/";
  private static final String CYCLONE_DX = "http://cyclonedx.org/schema/";
  private static final String SARIF =
      "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json";

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          registry ->
              registry
                  .schemas(Schemas::text)
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private Schemas() {}

  /** Asserts that {@code json} is as {@code docs/NAME.schema.json} says. */
  public static void assertDocumented(String name, String json) {
    assertThat(errors(OURS + name + ".schema.json", json)).as(json).isEmpty();
  }

  /** Asserts that {@code json} is SARIF 2.1.0. */
  public static void assertSarif(String json) {
    assertThat(errors(SARIF, json)).as(json).isEmpty();
  }

  /** Asserts that {@code json} is CycloneDX 1.6. */
  public static void assertCycloneDx(String json) {
    assertThat(errors(CYCLONE_DX + "bom-1.6.schema.json", json)).as(json).isEmpty();
  }

  /** What is wrong with {@code json} by the schema {@code docs/NAME.schema.json}. */
  static List<Error> documented(String name, String json) {
    return errors(OURS + name + ".schema.json", json);
  }

  static List<Error> sarif(String json) {
    return errors(SARIF, json);
  }

  static List<Error> cycloneDx(String json) {
    return errors(CYCLONE_DX + "bom-1.6.schema.json", json);
  }

  private static List<Error> errors(String schema, String json) {
    return REGISTRY.getSchema(SchemaLocation.of(schema)).validate(json, InputFormat.JSON);
  }

  private static @Nullable String text(String iri) {
    try {
      if (iri.startsWith(OURS)) {
        String text = Files.readString(DOCS.resolve(iri.substring(OURS.length())));
        JsonNode schema = JSON.readTree(text);
        close(schema);
        return JSON.writeValueAsString(schema);
      } else if (iri.equals(SARIF)) {
        return resource("/schema/sarif-schema-2.1.0.json");
      } else if (iri.startsWith(CYCLONE_DX)) {
        return resource("/" + iri.substring(CYCLONE_DX.length()));
      }
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Schemas.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Forbids keys that are not described, unless the schema says itself what becomes of them. */
  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    schema.forEach(Schemas::close);
    // A condition that allowed no other keys would never hold.
    if (schema.get("if") instanceof ObjectNode condition) {
      condition.remove("additionalProperties");
    }
  }
}
