package io.secateur.bench;

import io.secateur.attack.InputAwareGenerators;
import io.secateur.data.BadData;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.metric.Add;
import io.secateur.metric.Blend;
import io.secateur.metric.Generator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Stamp;
import io.secateur.metric.Target;
import io.secateur.metric.TrueTrigger;
import io.secateur.metric.Warp;
import io.secateur.nn.Architecture;
import io.secateur.nn.ElementType;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.NetworkMismatch;
import io.secateur.nn.Preprocessing;
import io.secateur.run.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ground truth on disk:
 *
 * <pre>{"attack": "badnets", "target": 5, "trigger": {"kind": "stamp", "image": "trigger.png"}}
 * </pre>
 *
 * <p>{@code attack} may be left out. {@code target} is a label, or {@code "next"} where each image
 * is to get the label after its own. {@code kind} is
 *
 * <ul>
 *   <li>{@code stamp}: a PNG whose alpha is the mask and whose colour replaces the pixel
 *   <li>{@code add}: x' = clip(x + (t − offset)/255); {@code offset}, 0 to 255, is 0 unless given;
 *       with {@code "overflow": "wrap"} sums are taken modulo 256 instead
 *   <li>{@code blend}, with {@code alpha} in (0, 1]: x' = (1 − alpha) x + alpha t/255
 *   <li>{@code warp}, with {@code k}, {@code strength} and {@code control}, the 2·k·k numbers of
 *       its grid ({@link Warp})
 *   <li>{@code generator}, with {@code architecture}, {@code preprocess} and, as safetensors, the
 *       weights {@code pattern} and {@code mask} ({@link Generator})
 * </ul>
 *
 * <p>{@code image} has the size of the images; it and the weights lie in the file's folder.
 */
public final class GroundTruthFile {
  private static final int MAX_IMAGE = 1 << 24;
  private static final int MAX_WEIGHTS = 1 << 24;
  private static final int MAX_K = 64;
  private static final double MAX_CONTROL = 1000;
  private static final double MAX_STRENGTH = 100;
  private static final String KINDS = "stamp, add, blend, warp or generator";
  private static final String PNG = "a PNG";
  private static final JsonMapper JSON = new JsonMapper();

  private GroundTruthFile() {}

  /**
   * Reads ground truth for images of {@code shape} with {@code classes} labels.
   *
   * @throws BadData naming the file, the key, its value and what would be accepted
   * @throws io.secateur.format.BadModelFile if weights cannot be read
   */
  public static GroundTruth read(Path file, FeatureShape shape, int classes) {
    TruthJson root = TruthJson.of(file);
    root.only("attack", "target", "trigger");
    String attack = root.has("attack") ? root.text("attack", "a text") : "";
    Target target = target(root, classes);
    TruthJson trigger = root.object("trigger", "an object with kind and image");
    return new GroundTruth(attack, target, trigger(trigger, shape));
  }

  private static Target target(TruthJson root, int classes) {
    if (root.required("target", "a label").isString() && root.text("target", "").equals("next")) {
      return new Target.Next();
    }
    return new Target.One(
        root.whole("target", 0, classes - 1, "a label, 0 to " + (classes - 1) + ", or \"next\""));
  }

  private static TrueTrigger trigger(TruthJson json, FeatureShape shape) {
    return switch (json.text("kind", KINDS)) {
      case "stamp" -> stamp(json, shape);
      case "add" -> add(json, shape);
      case "blend" -> {
        json.only("kind", "image", "alpha");
        double alpha = json.number("alpha", a -> a > 0 && a <= 1, "a number in (0, 1]");
        yield new Blend(shape, image(json, shape).colours(), alpha);
      }
      case "warp" -> {
        json.only("kind", "k", "strength", "control");
        int k = json.whole("k", 2, MAX_K, "a whole number, 2 to " + MAX_K);
        double strength =
            json.number(
                "strength",
                s -> s > 0 && s <= MAX_STRENGTH,
                "a number in (0, " + MAX_STRENGTH + "]");
        yield new Warp(shape, k, json.numbers("control", 2 * k * k, MAX_CONTROL), strength);
      }
      case "generator" -> generator(json, shape);
      default -> throw json.bad("kind", KINDS);
    };
  }

  private static TriggerImage.Planes image(TruthJson json, FeatureShape shape) {
    Path image = json.inside("image", PNG);
    return TriggerImage.read(image, TruthJson.bytes(image, MAX_IMAGE), shape);
  }

  private static Stamp stamp(TruthJson json, FeatureShape shape) {
    json.only("kind", "image");
    TriggerImage.Planes planes = image(json, shape);
    if (!planes.hasAlpha()) {
      throw new BadData(
          json.inside("image", PNG).toString(),
          "has no alpha channel",
          "a PNG whose alpha is the stamp's mask");
    }
    return new Stamp(shape, planes.colours(), planes.opacity());
  }

  private static Add add(TruthJson json, FeatureShape shape) {
    json.only("kind", "image", "offset", "overflow");
    int offset = json.has("offset") ? json.whole("offset", 0, 255, "a byte, 0 to 255") : 0;
    Add.Overflow overflow = Add.Overflow.CLIP;
    if (json.has("overflow")) {
      overflow =
          switch (json.text("overflow", "clip or wrap")) {
            case "clip" -> Add.Overflow.CLIP;
            case "wrap" -> Add.Overflow.WRAP;
            default -> throw json.bad("overflow", "clip or wrap");
          };
    }
    return new Add(shape, image(json, shape).colours(), offset, overflow);
  }

  private static Generator generator(TruthJson json, FeatureShape shape) {
    json.only("kind", "architecture", "preprocess", "pattern", "mask");
    if (!json.text("architecture", InputAwareGenerators.NAME).equals(InputAwareGenerators.NAME)) {
      throw json.bad("architecture", InputAwareGenerators.NAME);
    }
    Preprocessing preprocessing;
    Architecture pattern;
    Architecture mask;
    try {
      preprocessing = Preprocessing.parse(json.text("preprocess", "a normalisation"));
      pattern = InputAwareGenerators.pattern(shape);
      mask = InputAwareGenerators.mask(shape);
    } catch (IllegalArgumentException e) {
      throw new BadData(
          json.file().toString(), "trigger: " + e.getMessage(), "a generator for the images");
    }
    return new Generator(
        network(json, "pattern", pattern, preprocessing),
        network(json, "mask", mask, preprocessing));
  }

  private static Network network(
      TruthJson json, String key, Architecture architecture, Preprocessing preprocessing) {
    Path weights = json.inside(key, "a safetensors file");
    TruthJson.bytes(weights, MAX_WEIGHTS);
    try {
      return new Network(architecture, ModelFiles.read(weights).weights(), preprocessing);
    } catch (NetworkMismatch e) {
      throw new BadData(
          weights.toString(), String.valueOf(e.getMessage()), "weights of " + architecture.name());
    }
  }

  /**
   * The files that the truth in {@code file} points to, in a fixed order.
   *
   * @throws BadData if it is no ground truth, or names a file outside its folder
   */
  public static List<Path> belongings(Path file) {
    TruthJson trigger = TruthJson.of(file).object("trigger", "an object with kind and image");
    return Stream.of("image", "pattern", "mask")
        .filter(trigger::has)
        .map(key -> trigger.inside(key, "a file"))
        .toList();
  }

  /** Writes {@code truth} with weights, if it has any, in 32 bits. */
  public static void write(Path file, GroundTruth truth) throws IOException {
    write(file, truth, ElementType.F32);
  }

  /**
   * Writes {@code truth} to {@code file} and its image or weights beside it, under the same name
   * with other endings; {@link #read} gives an equal one, but for weights that {@code elements}
   * cannot hold exactly.
   */
  public static void write(Path file, GroundTruth truth, ElementType elements) throws IOException {
    Map<String, Object> root = new LinkedHashMap<>();
    if (!truth.attack().isEmpty()) {
      root.put("attack", truth.attack());
    }
    root.put("target", truth.target() instanceof Target.One one ? one.label() : "next");
    root.put("trigger", writeTrigger(file, truth.trigger(), elements));
    byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    AtomicFile.write(file, out -> out.write(json));
  }

  private static Map<String, Object> writeTrigger(
      Path file, TrueTrigger trigger, ElementType elements) throws IOException {
    Map<String, Object> how = new LinkedHashMap<>();
    how.put("kind", trigger.kind());
    if (trigger instanceof Stamp stamp) {
      how.put("image", writeImage(file, trigger.shape(), stamp.image(), stamp.mask()));
    } else if (trigger instanceof Add add) {
      how.put("image", writeImage(file, trigger.shape(), add.image(), new byte[0]));
      if (add.offset() != 0) {
        how.put("offset", add.offset());
      }
      if (add.overflow() != Add.Overflow.CLIP) {
        how.put("overflow", add.overflow().label());
      }
    } else if (trigger instanceof Blend blend) {
      how.put("image", writeImage(file, trigger.shape(), blend.image(), new byte[0]));
      how.put("alpha", blend.alpha());
    } else if (trigger instanceof Warp warp) {
      how.put("k", warp.k());
      how.put("strength", warp.strength());
      how.put("control", warp.control());
    } else if (trigger instanceof Generator generator) {
      how.put("architecture", InputAwareGenerators.NAME);
      how.put("preprocess", generator.pattern().preprocessing().toString());
      how.put("pattern", writeWeights(file, ".pattern", generator.pattern(), elements));
      how.put("mask", writeWeights(file, ".mask", generator.mask(), elements));
    }
    return how;
  }

  private static String writeImage(Path file, FeatureShape shape, byte[] image, byte[] mask)
      throws IOException {
    String name = beside(file, ".png");
    byte[] png = TriggerImage.write(shape, image, mask);
    AtomicFile.write(file.resolveSibling(name), out -> out.write(png));
    return name;
  }

  private static String writeWeights(
      Path file, String ending, Network network, ElementType elements) throws IOException {
    String name = beside(file, ending + ".safetensors");
    ModelFile model =
        ModelFile.of(ModelFile.Layout.SAFETENSORS, network.weights().storedAs(elements));
    AtomicFile.write(file.resolveSibling(name), out -> ModelFiles.write(model, out));
    return name;
  }

  private static String beside(Path file, String ending) {
    String name = String.valueOf(file.getFileName());
    return (name.endsWith(".json") ? name.substring(0, name.length() - 5) : name) + ending;
  }
}
