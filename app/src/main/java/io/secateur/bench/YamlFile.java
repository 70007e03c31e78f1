package io.secateur.bench;

import io.secateur.data.BadData;
import io.secateur.format.StrictYaml;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** YAML files that a user writes. */
public final class YamlFile {
  private static final int MAX_TEXT = 1 << 20;

  private YamlFile() {}

  /**
   * Reads {@code file} as a {@code type}.
   *
   * @param what it is, for messages: "a plan"
   * @throws BadData naming the file, line and column, and what is wrong there
   */
  public static <T> T read(Path file, Class<T> type, String what) {
    byte[] bytes = TruthJson.bytes(file, MAX_TEXT);
    try {
      return StrictYaml.read(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), type);
    } catch (CharacterCodingException e) {
      throw new BadData(file.toString(), "is no text in UTF-8", what + " in YAML");
    } catch (StrictYaml.BadYaml e) {
      throw new BadData(file.toString(), String.valueOf(e.getMessage()), what);
    }
  }
}
