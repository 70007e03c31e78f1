package io.secateur.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.CutMix;
import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.nn.RandomNetworks;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import io.secateur.trigger.ChannelStimulation;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PruningEnvironmentTest {
  private static final int CLASSES = 10;
  private static final int TARGET = 2;
  private static final int IMAGES = 15;

  @ParameterizedTest
  @CsvSource({
    "resnet18-w4, 16, BATCH_NORM, 0",
    "resnet18-w4, 16, STREAM, 2",
    "preactresnet18-w4, 16, BATCH_NORM, 2",
    "preactresnet18-w4, 16, STREAM, 0",
    "preactresnet18-w4, 16, INNER, 1",
    "vgg11-bn-w4, 32, BATCH_NORM, 3",
    "mobilenetv2-w4, 16, INNER, 0"
  })
  void a_trial_measures_what_plain_passes_under_the_mask_do(
      String name, int side, UnitKind kind, int stages) {
    Network network = RandomNetworks.stock(name, side, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), kind, stages);
    ImageSet images = images(side);
    List<Trigger> proxies = proxies(side);
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(network, space, proxies, TARGET, images, NumberFormat.FLOAT32);

      for (boolean[] mask : masks(space)) {
        Measurement expected = naive(network, space, proxies, images, mask);
        Measurement measured = environment.measure(mask);

        double[] wanted = expected.toArray();
        for (int i = 0; i < wanted.length; i++) {
          assertThat(measured.toArray()[i])
              .isCloseTo(wanted[i], within(1e-4 * Math.max(1, wanted[i])));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "resnet18-w4, BATCH_NORM, 0",
    "resnet18-w4, STREAM, 2",
    "preactresnet18-w4, INNER, 1"
  })
  void a_shift_is_a_network_with_larger_biases_for_its_own_images_only(
      String name, UnitKind kind, int stages) {
    int side = 16;
    Network network = RandomNetworks.stock(name, side, 1);
    PruningSpace space = PruningUnits.of(network.architecture(), kind, stages);
    ImageSet images = images(side);
    Trigger patch = proxies(side).get(0);
    Map<String, float[]> raises = raises(network);
    Trigger shift = new Trigger.Shift(raises, side, side);
    int[] others = images.without(TARGET);
    float[] pixels = images.floats(others);
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(
              network, space, List.of(patch, shift), TARGET, images, NumberFormat.FLOAT32);

      for (boolean[] mask : masks(space)) {
        Map<String, float[]> factors = space.factors(mask);
        List<float[]> attacked = new ArrayList<>();
        Collections.addAll(
            attacked, rows(network, triggered(patch, pixels, images.shape()), factors));
        Collections.addAll(attacked, rows(raised(network, raises), pixels, factors));
        double[] expected =
            score(
                    rows(network, images.floats(images.indices()), factors),
                    images.labels(),
                    attacked.toArray(new float[0][]))
                .toArray();
        PruningEnvironment.Draw all = environment.draw(1000, 1000, new SplittableRandom(7));
        for (Measurement measured :
            List.of(environment.measure(mask), environment.measure(mask, all))) {
          for (int i = 0; i < expected.length; i++) {
            assertThat(measured.toArray()[i])
                .isCloseTo(expected[i], within(1e-4 * Math.max(1, expected[i])));
          }
        }
      }
    }
  }

  /** One for every batch norm of the last stage but one, upwards and downwards. */
  private static Map<String, float[]> raises(Network network) {
    Random random = new Random(4);
    Map<String, float[]> raises = new LinkedHashMap<>();
    for (Node norm : ChannelStimulation.norms(network)) {
      float[] raise = new float[norm.output().channels()];
      for (int c = 0; c < raise.length; c++) {
        raise[c] = (float) random.nextGaussian(0, 3);
      }
      raises.put(norm.name(), raise);
    }
    return raises;
  }

  private static Network raised(Network network, Map<String, float[]> raises) {
    Map<String, WeightTensor> changed = new LinkedHashMap<>();
    raises.forEach(
        (norm, raise) -> {
          WeightTensor beta = network.weights().get(norm + ".bias");
          WeightTensor gamma = network.weights().get(norm + ".weight");
          float[] values = beta.floats();
          for (int c = 0; c < values.length; c++) {
            values[c] += raise[c] * Math.abs(gamma.at(c));
          }
          changed.put(norm + ".bias", beta.withFloats(values));
        });
    return network.withWeights(network.weights().with(changed));
  }

  @Test
  void branches_side_by_side_are_both_masked() {
    var net = new ArchitectureBuilder("branches", new FeatureShape(3, 8, 8));
    String stem = net.relu("relu", net.conv("stem", net.input(), 4, 3, 1, 1, true));
    String a = net.relu("reluA", net.batchNorm("normA", net.conv("a", stem, 5, 3, 1, 1, false)));
    String b = net.relu("reluB", net.batchNorm("normB", net.conv("b", stem, 6, 1, 1, 0, false)));
    String joined = net.add("join", new Layer.Concat(), a, b);
    net.linear("fc", net.add("flat", new Layer.Flatten(), joined), CLASSES);
    Network network = RandomNetworks.of(net.build(), 10);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 0);
    boolean[] mask = new boolean[space.size()];
    space.layers().values().forEach(layer -> mask[layer.get(1)] = true);
    assertThat(space.factors(mask)).containsOnlyKeys("stem", "normA", "normB");
    boolean[] withoutStem = mask.clone();
    withoutStem[1] = false;
    boolean[] secondBranch = new boolean[mask.length];
    secondBranch[mask.length - 2] = true;
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(
              network, space, proxies(8), TARGET, images(8), NumberFormat.FLOAT32);

      for (boolean[] one : List.of(mask, withoutStem, secondBranch)) {
        double[] expected = naive(network, space, proxies(8), images(8), one).toArray();
        double[] measured = environment.measure(one).toArray();
        for (int i = 0; i < 4; i++) {
          assertThat(measured[i]).isCloseTo(expected[i], within(1e-4 * Math.max(1, expected[i])));
        }
      }
    }
  }

  @Test
  void accuracy_on_mixed_copies_stands_beside_that_on_the_images() {
    Network network = RandomNetworks.stock("resnet18-w4", 16, 4);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 2);
    ImageSet images = images(16);
    ImageSet copies = CutMix.copies(images, 2, 9);
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(
              network,
              space,
              proxies(16),
              TARGET,
              new PruningEnvironment.Images(images, Optional.of(copies), images),
              NumberFormat.FLOAT32);

      for (boolean[] mask : masks(space)) {
        double[] onImages = naive(network, space, proxies(16), images, mask).toArray();
        double[] onCopies = naive(network, space, proxies(16), copies, mask).toArray();
        double[] measured = environment.measure(mask).toArray();
        for (int i = 0; i < 4; i++) {
          assertThat(measured[i]).isCloseTo(onImages[i], within(1e-4 * Math.max(1, onImages[i])));
        }
        assertThat(measured[4]).isCloseTo(onCopies[0], within(1e-6));
      }
      PruningEnvironment.Draw all = environment.draw(1000, 2, new SplittableRandom(3));
      assertThat(environment.cleanLabels(all)).containsExactly(images.labels());
    }
  }

  @Test
  void a_draw_holds_the_logits_of_distinct_images_and_as_many_of_each_proxy() {
    Network network = RandomNetworks.stock("resnet18-w4", 16, 2);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 2);
    ImageSet images = images(16);
    List<Trigger> proxies = proxies(16);
    boolean[] mask = masks(space).get(1);
    float[][] clean = rows(network, images.floats(images.indices()), space.factors(mask));
    int[] others = images.without(TARGET);
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(network, space, proxies, TARGET, images, NumberFormat.FLOAT32);

      PruningEnvironment.Draw draw = environment.draw(6, 8, new SplittableRandom(3));
      float[][] drawn = split(environment.logits(factors(space, mask), draw).toFloats());

      assertThat(drawn).hasDimensions(6 + 8, CLASSES);
      TreeSet<Integer> seen = new TreeSet<>();
      int[] labels = environment.cleanLabels(draw);
      for (int row = 0; row < 6; row++) {
        int image = match(drawn[row], clean);
        assertThat(seen.add(image)).isTrue();
        assertThat(labels[row]).isEqualTo(images.label(image));
      }
      for (int proxy = 0; proxy < 2; proxy++) {
        float[][] triggered =
            rows(
                network,
                triggered(proxies.get(proxy), images.floats(others), images.shape()),
                space.factors(mask));
        TreeSet<Integer> attacked = new TreeSet<>();
        for (int row = 0; row < 4; row++) {
          attacked.add(match(drawn[6 + 4 * proxy + row], triggered));
        }
        assertThat(attacked).hasSize(4);
      }
    }
  }

  @Test
  void a_drawn_trial_scores_the_drawn_images_only() {
    Network network = RandomNetworks.stock("preactresnet18-w4", 16, 4);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.STREAM, 2);
    ImageSet images = images(16);
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(network, space, proxies(16), TARGET, images, NumberFormat.FLOAT32);
      PruningEnvironment.Draw draw = environment.draw(7, 6, new SplittableRandom(5));

      for (boolean[] mask : masks(space)) {
        float[][] logits = split(environment.logits(factors(space, mask), draw).toFloats());
        Measurement expected =
            score(
                Arrays.copyOf(logits, 7),
                environment.cleanLabels(draw),
                Arrays.copyOfRange(logits, 7, logits.length));
        Measurement measured = environment.measure(mask, draw);

        for (int i = 0; i < 4; i++) {
          assertThat(measured.toArray()[i]).isCloseTo(expected.toArray()[i], within(1e-4));
        }
      }
    }
  }

  @Test
  void draws_of_everything_measure_the_same_as_all_images() {
    Network network = RandomNetworks.stock("resnet18-w4", 16, 6);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 1);
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(
              network, space, proxies(16), TARGET, images(16), NumberFormat.FLOAT32);
      boolean[] mask = masks(space).get(2);

      Measurement all = environment.measure(mask);
      Measurement drawn =
          environment.measure(mask, environment.draw(1000, 1000, new SplittableRandom(7)));

      for (int i = 0; i < 4; i++) {
        assertThat(drawn.toArray()[i]).isCloseTo(all.toArray()[i], within(1e-5));
      }
    }
  }

  @Test
  void what_a_mask_did_is_remembered_and_masks_are_not_confused() {
    Network network = RandomNetworks.stock("resnet18-w4", 16, 6);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 1);
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(
              network, space, proxies(16), TARGET, images(16), NumberFormat.FLOAT32);
      boolean[] mask = masks(space).get(1);

      Measurement first = environment.measure(mask);

      assertThat(environment.measure(mask.clone())).isSameAs(first);
      mask[0] = !mask[0];
      assertThat(environment.measure(mask)).isNotEqualTo(first);
      mask[0] = !mask[0];
      assertThat(environment.measure(mask)).isSameAs(first);
    }
  }

  @Test
  void masks_outside_the_space_and_samples_without_victims_are_refused() {
    Network network = RandomNetworks.stock("resnet18-w4", 16, 6);
    PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 1);
    ImageSet images = images(16);
    try (Scope scope = Scope.open()) {
      PruningEnvironment environment =
          new PruningEnvironment(network, space, proxies(16), TARGET, images, NumberFormat.FLOAT32);
      PruningEnvironment.Draw draw = environment.draw(2, 2, new SplittableRandom(7));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> environment.logits(Map.of("bn1", Tensor.full(1, 4)), draw))
          .withMessageContaining("[bn1], outside the prunable layers");
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new PruningEnvironment(
                      network, space, List.of(), TARGET, images, NumberFormat.FLOAT32));
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new PruningEnvironment(
                      network,
                      space,
                      proxies(16),
                      TARGET,
                      images.select(images.only(TARGET)),
                      NumberFormat.FLOAT32));
    }
  }

  /** Nothing; a tenth of all units; some of the last layer only; half of the middle layer. */
  private static List<boolean[]> masks(PruningSpace space) {
    Random random = new Random(8);
    boolean[] anywhere = new boolean[space.size()];
    for (int unit = 0; unit < anywhere.length; unit++) {
      anywhere[unit] = random.nextDouble() < 0.1;
    }
    anywhere[0] = true;
    List<List<Integer>> layers = List.copyOf(space.layers().values());
    boolean[] late = new boolean[space.size()];
    layers.get(layers.size() - 1).stream().limit(3).forEach(unit -> late[unit] = true);
    boolean[] middle = new boolean[space.size()];
    List<Integer> layer = layers.get(layers.size() / 2);
    layer.stream().limit(Math.max(1, layer.size() / 2)).forEach(unit -> middle[unit] = true);
    return List.of(new boolean[space.size()], anywhere, late, middle);
  }

  private static Measurement naive(
      Network network, PruningSpace space, List<Trigger> proxies, ImageSet images, boolean[] mask) {
    Map<String, float[]> factors = space.factors(mask);
    int[] others = images.without(TARGET);
    float[][] attacked = new float[proxies.size() * others.length][];
    for (int proxy = 0; proxy < proxies.size(); proxy++) {
      float[] pixels = triggered(proxies.get(proxy), images.floats(others), images.shape());
      System.arraycopy(
          rows(network, pixels, factors), 0, attacked, proxy * others.length, others.length);
    }
    return score(
        rows(network, images.floats(images.indices()), factors), images.labels(), attacked);
  }

  private static Measurement score(float[][] clean, int[] labels, float[][] attacked) {
    double right = 0;
    double loss = 0;
    for (int i = 0; i < clean.length; i++) {
      double[] p = softmax(clean[i]);
      right += best(p) == labels[i] ? 1.0 / clean.length : 0;
      loss -= Math.log(p[labels[i]]) / clean.length;
    }
    double forced = 0;
    double probability = 0;
    for (float[] row : attacked) {
      double[] p = softmax(row);
      forced += best(p) == TARGET ? 1.0 / attacked.length : 0;
      probability += p[TARGET] / attacked.length;
    }
    return new Measurement(right, loss, forced, probability);
  }

  private static double[] softmax(float[] logits) {
    double[] p = new double[logits.length];
    for (int k = 0; k < p.length; k++) {
      double sum = 0;
      for (float other : logits) {
        sum += Math.exp((double) other - logits[k]);
      }
      p[k] = 1 / sum;
    }
    return p;
  }

  private static int best(double[] p) {
    double most = Arrays.stream(p).max().orElseThrow();
    int k = 0;
    while (p[k] != most) {
      k++;
    }
    return k;
  }

  /** Triggers applied pixel by pixel. */
  private static float[] triggered(Trigger trigger, float[] pixels, FeatureShape shape) {
    int plane = shape.height() * shape.width();
    float[] changed = pixels.clone();
    for (int i = 0; i < pixels.length; i++) {
      if (trigger instanceof Trigger.Patch patch) {
        float m = patch.mask()[i % plane];
        changed[i] = (1 - m) * pixels[i] + m * patch.pattern()[i % shape.size()];
      } else if (trigger instanceof Trigger.Additive additive) {
        changed[i] = Math.min(1, Math.max(0, pixels[i] + additive.delta()[i % shape.size()]));
      }
    }
    return changed;
  }

  private static float[][] rows(Network network, float[] pixels, Map<String, float[]> factors) {
    return split(RandomNetworks.logits(network, pixels, factors));
  }

  private static float[][] split(float[] logits) {
    float[][] rows = new float[logits.length / CLASSES][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(logits, i * CLASSES, (i + 1) * CLASSES));
    return rows;
  }

  private static Map<String, Tensor> factors(PruningSpace space, boolean[] mask) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    space.factors(mask).forEach((node, f) -> tensors.put(node, Tensor.of(f, f.length)));
    return tensors;
  }

  /** The one row of {@code candidates} that equals {@code row}. */
  private static int match(float[] row, float[][] candidates) {
    int found = -1;
    for (int i = 0; i < candidates.length; i++) {
      double distance = 0;
      for (int k = 0; k < row.length; k++) {
        distance = Math.max(distance, Math.abs(row[k] - candidates[i][k]));
      }
      if (distance < 1e-4) {
        assertThat(found).as("two images with equal logits").isEqualTo(-1);
        found = i;
      }
    }
    assertThat(found).as("no image has these logits").isNotNegative();
    return found;
  }

  private static ImageSet images(int side) {
    FeatureShape shape = new FeatureShape(3, side, side);
    byte[] pixels = new byte[IMAGES * shape.size()];
    new Random(9).nextBytes(pixels);
    int[] labels = new int[IMAGES];
    Arrays.setAll(labels, i -> i % CLASSES);
    return ImageSet.of("noise", shape, Collections.nCopies(CLASSES, "noise"), labels, pixels);
  }

  private static List<Trigger> proxies(int side) {
    float[] mask = new float[side * side];
    Arrays.fill(mask, 0, 2 * side, 0.7f);
    float[] pattern = new float[3 * side * side];
    Arrays.fill(pattern, 0, side * side, 1);
    float[] delta = new float[3 * side * side];
    for (int i = 0; i < delta.length; i += 3) {
      delta[i] = i % 2 == 0 ? 0.5f : -0.5f;
    }
    return List.of(
        new Trigger.Patch(mask, pattern, side, side), new Trigger.Additive(delta, side, side));
  }
}
