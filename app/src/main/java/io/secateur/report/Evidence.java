package io.secateur.report;

import io.secateur.explain.FeaturePlane;
import io.secateur.explain.GraphExcerpt;
import io.secateur.explain.PutBackEffect;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code evidence.json} holds: all that the report shows beside {@link RepairResult}; see
 * {@code docs/evidence.schema.json}. Pictures are PNG files in Base64. What is absent, {@code
 * absent} explains.
 *
 * @param schemaVersion raised when a key changes its meaning
 * @param classNames by label
 * @param layers whose channels can be pruned, in network order
 * @param triggers synthesised, or named by the user
 * @param channels that were pruned, the best scored first
 * @param putBack what their effects were measured on; absent if nothing was
 * @param graph of the channels, as far as it can be shown
 * @param confusion on the hold-out images
 * @param features how images lie to each other before the last layer
 * @param attention where the networks look
 * @param absent name of a missing part → why it is missing
 */
public record Evidence(
    int schemaVersion,
    List<String> classNames,
    List<Layer> layers,
    Triggers triggers,
    List<Pruned> channels,
    Optional<PutBack> putBack,
    Optional<GraphExcerpt> graph,
    Confusions confusion,
    Optional<FeaturePlane> features,
    Optional<Attention> attention,
    Map<String, String> absent) {
  /** Raised when a key changes its meaning. */
  public static final int VERSION = 1;

  /** Copies the collections. */
  public Evidence {
    classNames = List.copyOf(classNames);
    layers = List.copyOf(layers);
    channels = List.copyOf(channels);
    absent = new LinkedHashMap<>(absent);
  }

  /** The name of a label. */
  public String name(int label) {
    return label >= 0 && label < classNames.size() ? classNames.get(label) : "?";
  }

  /** A label with its name. */
  public String called(int label) {
    return label + " " + name(label);
  }

  /** A layer, the number of its channels, and those pruned. */
  public record Layer(String name, int channels, List<Integer> pruned) {
    /** Copies the list. */
    public Layer {
      pruned = List.copyOf(pruned);
    }
  }

  /**
   * The triggers that are shown.
   *
   * @param hunted whether every label was examined; else the user named one
   * @param floor median norm over blameless labels
   * @param shown suspicious labels first, then those of small norm
   * @param leftOut labels whose trigger is not shown
   */
  public record Triggers(
      boolean hunted, Optional<Double> floor, List<Pictured> shown, int leftOut) {
    /** Copies the list. */
    public Triggers {
      shown = List.copyOf(shown);
    }
  }

  /**
   * One label's trigger.
   *
   * @param kind patch, addition, warp or shift
   * @param anomalyIndex how far its norm stands out from those of other labels
   * @param success in percent
   * @param mark backdoor, doubtful, named or none
   * @param mask where it acts
   * @param pattern what it puts there
   * @param image one image with it on; absent if all images bear the label
   */
  public record Pictured(
      int label,
      String kind,
      double norm,
      Optional<Double> anomalyIndex,
      Optional<Double> success,
      String mark,
      String mask,
      String pattern,
      Optional<String> image) {}

  /**
   * A pruned channel.
   *
   * @param score of the plan: how sure the method was
   * @param reason of the plan
   * @param cleanMean mean output on clean images
   * @param change by how many clean deviations the triggers move that mean
   * @param lipschitz upper bound of its Lipschitz constant
   * @param degree edges in the channel graph
   * @param putBack the repaired network with this channel back
   */
  public record Pruned(
      String layer,
      int index,
      double score,
      String reason,
      Optional<Double> cleanMean,
      Optional<Double> change,
      double lipschitz,
      Optional<Integer> degree,
      Optional<PutBackEffect.Standing> putBack) {}

  /**
   * What the effects of single channels were measured on.
   *
   * @param cleanImages of the hold-out part
   * @param triggeredImages of the same part, with the synthetic triggers on
   * @param measured channels that were tried
   * @param pruned the repaired network on the same images
   */
  public record PutBack(
      int cleanImages, int triggeredImages, int measured, PutBackEffect.Standing pruned) {}

  /** Counts [label][answer] on the hold-out images. */
  public record Confusions(List<List<Integer>> before, List<List<Integer>> after) {
    /** Copies the lists. */
    public Confusions {
      before = before.stream().map(List::copyOf).toList();
      after = after.stream().map(List::copyOf).toList();
    }
  }

  /**
   * Grad-CAM on some images.
   *
   * @param node whose feature maps were looked at
   */
  public record Attention(String node, List<Seen> images) {
    /** Copies the list. */
    public Attention {
      images = List.copyOf(images);
    }
  }

  /**
   * One image.
   *
   * @param label its own
   * @param picture as it is
   * @param clean what the suspect looks at on the image as it is
   * @param triggeredBefore the same with the trigger on; absent without a trigger
   * @param triggeredAfter what the repaired network looks at then
   */
  public record Seen(
      int label,
      String picture,
      Glance clean,
      Optional<Glance> triggeredBefore,
      Optional<Glance> triggeredAfter) {}

  /** An answer, and the picture with what speaks for it highlighted. */
  public record Glance(int answer, String picture) {}
}
