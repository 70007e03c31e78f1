package io.secateur.bench;

import io.secateur.data.ImageSet;
import io.secateur.explain.GradCam;
import io.secateur.explain.SyntheticAttack;
import io.secateur.metric.Evaluator;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.report.Evidence;
import io.secateur.report.HeatPicture;
import io.secateur.report.PagePicture;
import io.secateur.report.TriggerPicture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What two networks look at on a few images, one of each class as far as there are classes. */
final class AttentionPictures {
  private static final int IMAGES = 4;

  private AttentionPictures() {}

  /** Nothing, and a word in {@code absent}, where a network has no feature maps. */
  static Optional<Evidence.Attention> of(
      Network before,
      Network after,
      List<SyntheticAttack> attacks,
      ImageSet images,
      Map<String, String> absent) {
    Optional<String> node = GradCam.node(before);
    int[] chosen = chosen(images, attacks);
    if (node.isEmpty() || chosen.length == 0) {
      absent.put(
          "attention",
          node.isEmpty()
              ? "The network has no feature maps to look at."
              : "Every clean image bears the label of the backdoor.");
      return Optional.empty();
    }
    float[] clean = images.floats(chosen);
    List<Evidence.Glance> plain = glances(before, clean, images.shape());
    List<Evidence.Glance> forced = List.of();
    List<Evidence.Glance> freed = List.of();
    if (!attacks.isEmpty()) {
      float[] triggered =
          SyntheticAttack.triggered(attacks.get(0).triggers().get(0), clean, images.shape());
      forced = glances(before, triggered, images.shape());
      freed = glances(after, triggered, images.shape());
    }
    List<Evidence.Seen> seen = new ArrayList<>();
    for (int i = 0; i < chosen.length; i++) {
      seen.add(
          new Evidence.Seen(
              images.label(chosen[i]),
              PagePicture.of(
                  TriggerPicture.image(images.shape(), images.floats(new int[] {chosen[i]}))),
              plain.get(i),
              attacks.isEmpty() ? Optional.empty() : Optional.of(forced.get(i)),
              attacks.isEmpty() ? Optional.empty() : Optional.of(freed.get(i))));
    }
    return Optional.of(new Evidence.Attention(node.get(), seen));
  }

  /** The first image of each class that is not a target, then more of them. */
  private static int[] chosen(ImageSet images, List<SyntheticAttack> attacks) {
    Set<Integer> targets = new HashSet<>();
    attacks.forEach(attack -> targets.add(attack.target()));
    Set<Integer> seen = new HashSet<>();
    List<Integer> chosen = new ArrayList<>();
    List<Integer> spare = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      if (!targets.contains(images.label(i))) {
        (seen.add(images.label(i)) ? chosen : spare).add(i);
      }
    }
    chosen.addAll(spare);
    return chosen.stream().limit(IMAGES).mapToInt(i -> i).toArray();
  }

  /** The answers of a network, each with what speaks for it. */
  private static List<Evidence.Glance> glances(
      Network network, float[] images, FeatureShape shape) {
    int[] answers = Evaluator.answers(network, images);
    float[][] maps = GradCam.of(network, images, answers);
    List<Evidence.Glance> glances = new ArrayList<>();
    for (int i = 0; i < answers.length; i++) {
      float[] image = Arrays.copyOfRange(images, i * shape.size(), (i + 1) * shape.size());
      glances.add(
          new Evidence.Glance(answers[i], PagePicture.of(HeatPicture.of(shape, image, maps[i]))));
    }
    return glances;
  }
}
