package io.secateur.format;

import io.secateur.nn.WeightTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes safetensors. The header names the tensors in their own order; in the data wide elements
 * stand before narrow ones, so that every tensor is aligned to its elements.
 */
final class SafetensorsWriter {
  private SafetensorsWriter() {}

  /** Writes {@code model}, with its prefix before the names, to {@code out}. */
  static void write(ModelFile model, OutputStream out) throws IOException {
    List<Map.Entry<String, WeightTensor>> tensors =
        new ArrayList<>(model.weights().asMap().entrySet());
    tensors.sort(Comparator.comparingInt(tensor -> -tensor.getValue().type().bytes()));
    Map<String, long[]> offsets = new HashMap<>();
    long end = 0;
    for (Map.Entry<String, WeightTensor> tensor : tensors) {
      long begin = end;
      end += (long) tensor.getValue().size() * tensor.getValue().type().bytes();
      offsets.put(tensor.getKey(), new long[] {begin, end});
    }
    byte[] json = header(model, offsets).getBytes(StandardCharsets.UTF_8);
    int padding = -json.length & 7;
    if (json.length + padding > SafetensorsHeader.MOST_BYTES) {
      throw new Malformed("would need a safetensors header of " + json.length + " bytes");
    }
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(json.length + padding).array());
    out.write(json);
    out.write(" ".repeat(padding).getBytes(StandardCharsets.UTF_8));
    for (Map.Entry<String, WeightTensor> tensor : tensors) {
      out.write(ElementCodec.encode(tensor.getKey(), tensor.getValue()));
    }
  }

  private static String header(ModelFile model, Map<String, long[]> offsets) {
    StringWriter json = new StringWriter();
    try (JsonGenerator generator =
        new JsonFactory().createGenerator(ObjectWriteContext.empty(), json)) {
      generator.writeStartObject();
      if (!model.metadata().isEmpty()) {
        generator.writeName(SafetensorsHeader.METADATA);
        generator.writeStartObject();
        model.metadata().forEach(generator::writeStringProperty);
        generator.writeEndObject();
      }
      model
          .weights()
          .asMap()
          .forEach(
              (name, tensor) ->
                  entry(
                      generator,
                      model.prefix() + name,
                      tensor,
                      Objects.requireNonNull(offsets.get(name))));
      generator.writeEndObject();
    }
    return json.toString();
  }

  private static void entry(
      JsonGenerator generator, String name, WeightTensor tensor, long[] offsets) {
    if (name.equals(SafetensorsHeader.METADATA)) {
      throw new Malformed("a tensor named " + name + " cannot be written as safetensors");
    }
    generator.writeName(name);
    generator.writeStartObject();
    generator.writeStringProperty("dtype", tensor.type().name());
    generator.writeName("shape");
    generator.writeArray(tensor.shape(), 0, tensor.shape().length);
    generator.writeName("data_offsets");
    generator.writeArray(offsets, 0, 2);
    generator.writeEndObject();
  }
}
