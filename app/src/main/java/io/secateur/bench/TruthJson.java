package io.secateur.bench;

import io.secateur.data.BadData;
import io.secateur.format.JsonFault;
import io.secateur.text.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoublePredicate;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An object of a ground-truth file, read key by key. Every refusal names the file, the key, its
 * value and what would be accepted.
 *
 * @param file where it stands
 * @param prefix of its keys in messages, such as {@code trigger.}
 */
record TruthJson(Path file, String prefix, JsonNode node) {
  private static final int MAX_JSON = 1 << 20;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** The whole file. */
  static TruthJson of(Path file) {
    try {
      JsonNode root = JSON.readTree(bytes(file, MAX_JSON));
      if (!root.isObject()) {
        throw new BadData(
            file.toString(), "is no JSON object", "an object with target and trigger");
      }
      return new TruthJson(file, "", root);
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new BadData(
          file.toString(),
          "line " + line + " is no JSON (" + JsonFault.syntax(e) + ")",
          "an object with target and trigger");
    }
  }

  /** The content of a file of at most {@code limit} bytes. */
  static byte[] bytes(Path file, int limit) {
    if (!Files.isRegularFile(file)) {
      String cause = Files.exists(file) ? "is no regular file" : "does not exist";
      throw new BadData(file.toString(), cause, "a readable file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(limit + 1);
      if (content.length > limit) {
        throw new BadData(
            file.toString(), "is longer than " + limit + " bytes", "at most that many");
      }
      return content;
    } catch (IOException e) {
      throw new BadData(
          file.toString(), "cannot be read (" + Reason.of(e) + ")", "a readable file");
    }
  }

  /** The object at {@code key}. */
  TruthJson object(String key, String accepted) {
    JsonNode value = required(key, "an object");
    if (!value.isObject()) {
      throw bad(key, accepted);
    }
    return new TruthJson(file, prefix + key + ".", value);
  }

  boolean has(String key) {
    return node.has(key);
  }

  /** Refuses keys other than these. */
  void only(String... known) {
    for (String key : node.propertyNames()) {
      if (!List.of(known).contains(key)) {
        throw new BadData(
            file.toString(), "the key '" + prefix + key + "' is unknown", String.join(", ", known));
      }
    }
  }

  JsonNode required(String key, String accepted) {
    JsonNode value = node.get(key);
    if (value == null) {
      throw new BadData(file.toString(), "the key '" + prefix + key + "' is missing", accepted);
    }
    return value;
  }

  String text(String key, String accepted) {
    JsonNode value = required(key, accepted);
    if (!value.isString()) {
      throw bad(key, accepted);
    }
    return value.stringValue();
  }

  double number(String key, DoublePredicate range, String accepted) {
    JsonNode value = required(key, accepted);
    // NaN, which no range holds, stands for a text and for a number too large.
    double number = value.isNumber() ? value.doubleValue(Double.NaN) : Double.NaN;
    if (!range.test(number)) {
      throw bad(key, accepted);
    }
    return number;
  }

  int whole(String key, int least, int most, String accepted) {
    JsonNode value = required(key, accepted);
    if (!value.isInt() || value.intValue() < least || value.intValue() > most) {
      throw bad(key, accepted);
    }
    return value.intValue();
  }

  /** An array of exactly {@code count} numbers in ±limit. */
  float[] numbers(String key, int count, double limit) {
    String accepted = "an array of " + count + " numbers in ±" + limit;
    JsonNode value = required(key, accepted);
    if (!value.isArray() || value.size() != count) {
      throw bad(key, accepted);
    }
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      JsonNode element = value.get(i);
      double number = element.isNumber() ? element.doubleValue(Double.NaN) : Double.NaN;
      if (!(Math.abs(number) <= limit)) {
        throw new BadData(
            file.toString(),
            prefix + key + "[" + i + "] is " + shown(element),
            "a number in ±" + limit);
      }
      numbers[i] = (float) number;
    }
    return numbers;
  }

  /**
   * The path that {@code key} names, which may not lead out of the file's folder, not even through
   * a link.
   */
  Path inside(String key, String what) {
    String name = text(key, "the name of " + what);
    BadData refusal =
        new BadData(
            file.toString(),
            prefix + key + " '" + name + "' leads out of the file's folder",
            "a path within it");
    try {
      Path relative = Path.of(name);
      Path folder = file.toAbsolutePath().normalize().getParent();
      if (folder == null || relative.isAbsolute() || name.contains("..") || name.contains("\\")) {
        throw refusal;
      }
      Path path = folder.resolve(relative);
      if (!path.toRealPath().startsWith(folder.toRealPath())) {
        throw refusal;
      }
      if (!Files.isRegularFile(path)) {
        throw new BadData(
            file.toString(), prefix + key + " '" + name + "' is no file", what + " in its folder");
      }
      return path;
    } catch (NoSuchFileException e) {
      throw new BadData(
          file.toString(),
          prefix + key + " '" + name + "' does not exist",
          what + " in its folder");
    } catch (InvalidPathException | IOException e) {
      throw new BadData(
          file.toString(), prefix + key + " '" + name + "' is no path", what + " in its folder");
    }
  }

  BadData bad(String key, String accepted) {
    return new BadData(
        file.toString(), prefix + key + " is " + shown(required(key, accepted)), accepted);
  }

  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
