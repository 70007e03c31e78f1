package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Recognition of networks that other people trained and published, by the headers of their files.
 */
class PublishedCheckpointsTest {

  @ParameterizedTest
  @CsvSource({
    "nad-wrn16-1-badnets-grid-t5, wrn-16-1, conv1",
    "ibau-smallvgg-badnets-t8, smallvgg, features.0",
    "ibau-smallvgg-trojanwm-t2, smallvgg, features.0",
    "clean-resnet20, resnet20, module.conv1"
  })
  void a_published_checkpoint_is_recognised(String folder, String name, String stem)
      throws IOException {
    Architecture found =
        Recognition.recognise(header(checkpoint(folder)), new FeatureShape(3, 32, 32));

    assertThat(found.name()).isEqualTo(name);
    assertThat(found.classes()).isEqualTo(10);
    assertThat(found.input()).isEqualTo(new FeatureShape(3, 32, 32));
    assertThat(found.nodes().get(1).name()).isEqualTo(stem);
  }

  private static Path checkpoint(String folder) {
    String data = System.getenv("SECATEUR_DATA");
    Path root =
        data != null
            ? Path.of(data)
            : Path.of(System.getProperty("secateur.root", "."), "..", "shared", "data");
    Path file =
        root.resolveSibling("checkpoints")
            .resolve(folder)
            .resolve("weights.safetensors")
            .normalize();
    assumeTrue(Files.exists(file), () -> "skipped: no " + file + "; set SECATEUR_DATA");
    return file;
  }

  /** Names and shapes: eight bytes of length, little-endian, and that much JSON. */
  private static Map<String, int[]> header(Path file) throws IOException {
    try (var stream = new DataInputStream(Files.newInputStream(file))) {
      int length = Math.toIntExact(Long.reverseBytes(stream.readLong()));
      String json = new String(stream.readNBytes(length), StandardCharsets.UTF_8);
      Map<String, int[]> shapes = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> tensor : new JsonMapper().readTree(json).properties()) {
        if (!tensor.getKey().equals("__metadata__")) {
          JsonNode shape = tensor.getValue().get("shape");
          shapes.put(tensor.getKey(), shape.valueStream().mapToInt(JsonNode::asInt).toArray());
        }
      }
      return shapes;
    }
  }
}
