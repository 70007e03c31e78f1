package io.secateur.bench;

import io.secateur.data.BadData;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.TrueTrigger;
import io.secateur.nn.FeatureShape;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ground truth on disk:
 *
 * <pre>{"attack": "badnets", "target": 5, "trigger": {"kind": "stamp", "image": "trigger.png"}}
 * </pre>
 *
 * <p>{@code attack} may be left out. {@code kind} is {@code stamp} (a PNG whose alpha is the mask
 * and whose colour replaces the pixel), {@code add} (x' = clip(x + t/255)) or {@code blend} (with
 * {@code alpha} in (0, 1]: x' = (1 − alpha) x + alpha t/255). {@code image} lies in the file's
 * folder and has the size of the images.
 */
public final class GroundTruthFile {
  private static final int MAX_JSON = 1 << 16;
  private static final int MAX_IMAGE = 1 << 24;
  private static final String KINDS = "stamp, add or blend";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private GroundTruthFile() {}

  /**
   * Reads ground truth for images of {@code shape} with {@code classes} labels.
   *
   * @throws BadData naming the file, the key, its value and what would be accepted
   */
  public static GroundTruth read(Path file, FeatureShape shape, int classes) {
    JsonNode root = parse(file);
    keys(file, "", root, List.of("attack", "target", "trigger"));
    String attack = root.has("attack") ? text(file, root, "attack", "a text") : "";
    JsonNode target = required(file, root, "target", "a label");
    if (!target.isInt() || target.intValue() < 0 || target.intValue() >= classes) {
      throw bad(file, "target", target, "a label, 0 to " + (classes - 1));
    }
    JsonNode trigger = required(file, root, "trigger", "an object");
    if (!trigger.isObject()) {
      throw bad(file, "trigger", trigger, "an object with kind and image");
    }
    return new GroundTruth(attack, target.intValue(), trigger(file, trigger, shape));
  }

  private static TrueTrigger trigger(Path file, JsonNode trigger, FeatureShape shape) {
    String kind = text(file, trigger, "kind", KINDS);
    switch (kind) {
      case "stamp", "add" -> keys(file, "trigger.", trigger, List.of("kind", "image"));
      case "blend" -> keys(file, "trigger.", trigger, List.of("kind", "image", "alpha"));
      case "warp", "generator" ->
          throw new BadData(
              file.toString(),
              "trigger.kind '" + kind + "' is known but cannot be read yet",
              KINDS);
      default -> throw bad(file, "trigger.kind", trigger.get("kind"), KINDS);
    }
    double alpha = 1;
    if (kind.equals("blend")) {
      JsonNode node = required(file, trigger, "alpha", "a number in (0, 1]");
      if (!node.isNumber() || !(node.doubleValue() > 0 && node.doubleValue() <= 1)) {
        throw bad(file, "trigger.alpha", node, "a number in (0, 1]");
      }
      alpha = node.doubleValue();
    }
    Path image = inside(file, text(file, trigger, "image", "the name of a PNG image"));
    TriggerImage.Planes planes = TriggerImage.read(image, bytes(image, MAX_IMAGE), shape);
    return switch (kind) {
      case "stamp" -> {
        if (!planes.hasAlpha()) {
          throw new BadData(
              image.toString(), "has no alpha channel", "a PNG whose alpha is the stamp's mask");
        }
        yield TrueTrigger.stamp(shape, planes.colours(), planes.opacity());
      }
      case "add" -> TrueTrigger.add(shape, planes.colours());
      default -> TrueTrigger.blend(shape, planes.colours(), alpha);
    };
  }

  /** The image's path, which may not lead out of the folder, not even through a link. */
  private static Path inside(Path file, String name) {
    BadData refusal =
        new BadData(
            file.toString(),
            "trigger.image '" + name + "' leads out of the file's folder",
            "a path within it");
    try {
      Path relative = Path.of(name);
      Path folder = file.toAbsolutePath().normalize().getParent();
      if (folder == null || relative.isAbsolute() || name.contains("..") || name.contains("\\")) {
        throw refusal;
      }
      Path image = folder.resolve(relative);
      if (!image.toRealPath().startsWith(folder.toRealPath())) {
        throw refusal;
      }
      return image;
    } catch (NoSuchFileException e) {
      throw new BadData(
          file.toString(), "trigger.image '" + name + "' does not exist", "a PNG in its folder");
    } catch (InvalidPathException | IOException e) {
      throw new BadData(
          file.toString(), "trigger.image '" + name + "' is no path", "a PNG in its folder");
    }
  }

  private static JsonNode parse(Path file) {
    try {
      JsonNode root = JSON.readTree(bytes(file, MAX_JSON));
      if (!root.isObject()) {
        throw new BadData(
            file.toString(), "is no JSON object", "an object with target and trigger");
      }
      return root;
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new BadData(
          file.toString(),
          "line " + line + " is no JSON (" + e.getOriginalMessage() + ")",
          "an object with target and trigger");
    }
  }

  private static byte[] bytes(Path file, int limit) {
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
          file.toString(), "cannot be read (" + e.getMessage() + ")", "a readable file");
    }
  }

  private static void keys(Path file, String prefix, JsonNode node, List<String> known) {
    for (String key : node.propertyNames()) {
      if (!known.contains(key)) {
        throw new BadData(
            file.toString(), "the key '" + prefix + key + "' is unknown", String.join(", ", known));
      }
    }
  }

  private static JsonNode required(Path file, JsonNode node, String key, String accepted) {
    JsonNode value = node.get(key);
    if (value == null) {
      throw new BadData(file.toString(), "the key '" + key + "' is missing", accepted);
    }
    return value;
  }

  private static String text(Path file, JsonNode node, String key, String accepted) {
    JsonNode value = required(file, node, key, accepted);
    if (!value.isString()) {
      throw bad(file, key, value, accepted);
    }
    return value.stringValue();
  }

  private static BadData bad(Path file, String key, JsonNode value, String accepted) {
    String shown = value.toString();
    return new BadData(
        file.toString(),
        key + " is " + (shown.length() > 60 ? shown.substring(0, 60) + "…" : shown),
        accepted);
  }

  /**
   * Writes {@code truth} to {@code file} and its image beside it, under the same name ending in
   * {@code .png}; {@link #read} gives an equal one.
   */
  public static void write(Path file, GroundTruth truth) throws IOException {
    TrueTrigger trigger = truth.trigger();
    String name = String.valueOf(file.getFileName());
    String image = (name.endsWith(".json") ? name.substring(0, name.length() - 5) : name) + ".png";
    Map<String, Object> how = new LinkedHashMap<>();
    how.put("kind", trigger.kind().label());
    how.put("image", image);
    if (trigger.kind() == TrueTrigger.Kind.BLEND) {
      how.put("alpha", trigger.alpha());
    }
    Map<String, Object> root = new LinkedHashMap<>();
    if (!truth.attack().isEmpty()) {
      root.put("attack", truth.attack());
    }
    root.put("target", truth.target());
    root.put("trigger", how);
    byte[] png = TriggerImage.write(trigger.shape(), trigger.image(), trigger.mask());
    AtomicFile.write(file.resolveSibling(image), out -> out.write(png));
    byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    AtomicFile.write(file, out -> out.write(json));
  }
}
