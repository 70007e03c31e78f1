package io.secateur.format;

import io.secateur.nn.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * The JSON header of safetensors.
 *
 * @param tensors in the order of the header
 * @param metadata free texts
 */
record SafetensorsHeader(List<Entry> tensors, Map<String, String> metadata) {
  /** The longest header that is read or written, in bytes; the format's own limit. */
  static final int MOST_BYTES = 100_000_000;

  /** The key under which the free texts stand. */
  static final String METADATA = "__metadata__";

  private static final int MOST_ENTRIES = 100_000;

  /** One tensor: bytes {@code begin} to {@code end} of the data behind the header. */
  record Entry(String name, ElementType type, long[] shape, long begin, long end) {}

  /** Reads length and header, and leaves {@code in} at the data. */
  static SafetensorsHeader read(PickleInput in) throws IOException {
    if (in.remaining() < 10) {
      throw new Malformed("has " + in.remaining() + " bytes, too few for safetensors");
    }
    long length = in.littleEndian(8);
    if (length < 0 || length > MOST_BYTES || length > in.remaining()) {
      throw new Malformed(
          String.format(
              Locale.ROOT,
              "looks like safetensors, but claims a header of %s bytes (at most %d, the file has %d left)",
              Long.toUnsignedString(length),
              MOST_BYTES,
              in.remaining()));
    }
    return parse(text(in.bytes(length)));
  }

  private static String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("has a safetensors header that is not UTF-8", e);
    }
  }

  private static SafetensorsHeader parse(String json) {
    JsonFactory factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .build();
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), json)) {
      return new Parser(parser).header();
    } catch (JacksonException e) {
      throw new Malformed(
          "has a damaged safetensors header: " + Malformed.quote(JsonFault.syntax(e)), e);
    }
  }

  /** Walks the tokens and accepts exactly what the format allows. */
  private static final class Parser {
    private final JsonParser parser;
    private final List<Entry> tensors = new ArrayList<>();
    private Map<String, String> metadata = Map.of();
    private int entries;

    Parser(JsonParser parser) {
      this.parser = parser;
    }

    SafetensorsHeader header() {
      expect(JsonToken.START_OBJECT, "the header");
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        count();
        if (name.equals(METADATA)) {
          metadata = metadata();
        } else {
          tensors.add(tensor(name));
        }
      }
      if (parser.nextToken() != null) {
        throw new Malformed("has something behind the JSON of its safetensors header");
      }
      return new SafetensorsHeader(tensors, metadata);
    }

    private Map<String, String> metadata() {
      Map<String, String> texts = new LinkedHashMap<>();
      expect(JsonToken.START_OBJECT, METADATA);
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        count();
        expect(JsonToken.VALUE_STRING, METADATA);
        texts.put(key, parser.getString());
      }
      return Collections.unmodifiableMap(texts);
    }

    private Entry tensor(String name) {
      String who = "tensor " + Malformed.quote(name);
      @Nullable ElementType type = null;
      long @Nullable [] shape = null;
      long @Nullable [] offsets = null;
      expect(JsonToken.START_OBJECT, who);
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String field = parser.currentName();
        switch (field) {
          case "dtype" -> type = type(who);
          case "shape" -> shape = wholes(who, TensorView.MOST_DIMENSIONS);
          case "data_offsets" -> offsets = wholes(who, 2);
          default ->
              throw new Malformed(who + " has the unknown property " + Malformed.quote(field));
        }
      }
      if (type == null || shape == null || offsets == null || offsets.length != 2) {
        throw new Malformed(who + " lacks one of dtype, shape and data_offsets (two numbers)");
      }
      return new Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private ElementType type(String who) {
      expect(JsonToken.VALUE_STRING, who);
      String dtype = parser.getString();
      for (ElementType type : ElementType.values()) {
        if (type.name().equals(dtype)) {
          return type;
        }
      }
      throw new Malformed(
          who
              + " has the dtype "
              + Malformed.quote(dtype)
              + ", known are "
              + Arrays.toString(ElementType.values()));
    }

    private long[] wholes(String who, int most) {
      long[] values = new long[most];
      int size = 0;
      expect(JsonToken.START_ARRAY, who);
      while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        if (size == most) {
          throw new Malformed(who + " has a list of more than " + most + " numbers");
        }
        values[size] = parser.getLongValue();
        if (values[size++] < 0) {
          throw new Malformed(who + " has a negative number");
        }
      }
      if (parser.currentToken() != JsonToken.END_ARRAY) {
        throw new Malformed(who + " has something other than whole numbers in a list");
      }
      return Arrays.copyOf(values, size);
    }

    private void expect(JsonToken token, String where) {
      JsonToken found = parser.nextToken();
      if (found != token) {
        throw new Malformed(
            "has "
                + JsonFault.called(found)
                + " in "
                + where
                + " of its safetensors header, expected "
                + JsonFault.called(token));
      }
    }

    private void count() {
      if (++entries > MOST_ENTRIES) {
        throw new Malformed("has a safetensors header of more than " + MOST_ENTRIES + " entries");
      }
    }
  }
}
