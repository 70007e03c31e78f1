package io.secateur.agent;

import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Hooks;
import io.secateur.nn.Interpreter;
import io.secateur.nn.Network;
import io.secateur.nn.Node;
import io.secateur.prune.PruningSpace;
import io.secateur.run.RandomOrder;
import io.secateur.trigger.Trigger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Where pruning is tried: the suspect network, the units it may lose, clean images (or mixed copies
 * of them) and images with each proxy trigger on. A trial is a channel mask; the network is never
 * changed.
 *
 * <p>A trial does not cost a pass through the network. The outputs of the nodes that bound the
 * prunable part are computed once for all images; a mask re-runs only what lies behind the first
 * node it touches; what a mask did on all images is remembered. Tensors belong to the scope open at
 * construction.
 */
public final class PruningEnvironment {
  private static final int CHUNK = 512;

  private final PruningSpace space;
  private final int target;

  /** Of the clean images, then of their mixed copies. */
  private final int[] labels;

  /**
   * Row numbers of the clean images, then those of their mixed copies, then for each proxy those of
   * its triggered images.
   */
  private final int cleanRows;

  private final int mixedRows;
  private final int[] firstTriggeredRow;
  private final int triggeredRows;

  private final Interpreter interpreter;

  /**
   * Masked node in order → the outputs from which everything behind it and later masked nodes can
   * be computed.
   */
  private final TreeMap<Integer, Set<String>> boundaries = new TreeMap<>();

  private final Map<String, Integer> order = new HashMap<>();
  private final Map<String, Tensor> cached = new LinkedHashMap<>();

  /** What proxies add inside the network: node → [rows, C], 0 on rows of others. */
  private final Map<String, Tensor> additions;

  private final Map<BitSet, Measurement> remembered = new HashMap<>();

  /**
   * The images of an environment.
   *
   * @param clean on which accuracy is measured and draws are made
   * @param mixed copies of them, for the accuracy on all images only
   * @param attacked those that get the triggers, if they are not of the target's class
   */
  public record Images(ImageSet clean, Optional<ImageSet> mixed, ImageSet attacked) {
    /** The same images with triggers and without, no copies. */
    public static Images of(ImageSet images) {
      return new Images(images, Optional.empty(), images);
    }
  }

  /** An environment over all of {@code images}, without copies. */
  public PruningEnvironment(
      Network network,
      PruningSpace space,
      List<Trigger> proxies,
      int target,
      ImageSet images,
      NumberFormat format) {
    this(network, space, proxies, target, Images.of(images), format);
  }

  /**
   * An environment.
   *
   * @param proxies triggers that force {@code target}; at least one
   * @param format number format of trials
   */
  public PruningEnvironment(
      Network network,
      PruningSpace space,
      List<Trigger> proxies,
      int target,
      Images images,
      NumberFormat format) {
    this.space = space;
    this.target = target;
    this.interpreter = Interpreter.evaluating(network, format);
    int[] attacked = images.attacked().without(target);
    if (attacked.length == 0 || proxies.isEmpty()) {
      throw new IllegalArgumentException(
          "needs images of other classes than the target and at least one trigger");
    }
    this.labels =
        IntStream.concat(
                Arrays.stream(images.clean().labels()),
                images.mixed().stream().flatMapToInt(copies -> Arrays.stream(copies.labels())))
            .toArray();
    this.cleanRows = images.clean().size();
    this.mixedRows = labels.length - cleanRows;
    this.triggeredRows = attacked.length;
    this.firstTriggeredRow = new int[proxies.size()];
    for (int proxy = 0; proxy < proxies.size(); proxy++) {
      firstTriggeredRow[proxy] = labels.length + proxy * triggeredRows;
    }
    boundaries();
    cache(images, attacked, proxies);
    this.additions = additions(proxies);
  }

  /** The units that may be pruned. */
  public PruningSpace space() {
    return space;
  }

  /**
   * A choice of images for the trials of one iteration, made once; its tensors belong to the
   * current scope.
   */
  public final class Draw {
    private final int[] clean;
    private final int[] triggered;
    private final Tensor index;
    private final Scope.Owner owner = Scope.current();
    private final Map<String, Tensor> rows = new HashMap<>();
    private final Map<String, Tensor> added = new HashMap<>();

    private Draw(int[] clean, int[] triggered) {
      this.clean = clean;
      this.triggered = triggered;
      int[] all = Arrays.copyOf(clean, clean.length + triggered.length);
      System.arraycopy(triggered, 0, all, clean.length, triggered.length);
      this.index = Tensor.of(all);
    }

    private Tensor rows(String node) {
      return rows.computeIfAbsent(node, name -> owner.adopt(outputs(name).indexSelect(0, index)));
    }

    private Map<String, Tensor> added() {
      for (String node : additions.keySet()) {
        added.computeIfAbsent(
            node, name -> owner.adopt(outputs(additions, name).indexSelect(0, index)));
      }
      return added;
    }
  }

  /** Draws images without replacement; triggered ones are spread evenly over the proxies. */
  public Draw draw(int cleanCount, int triggeredCount, RandomGenerator random) {
    int[] clean = choose(cleanRows, Math.min(cleanCount, cleanRows), random);
    List<Integer> triggered = new ArrayList<>();
    int share = Math.max(1, triggeredCount / firstTriggeredRow.length);
    for (int first : firstTriggeredRow) {
      for (int row : choose(triggeredRows, Math.min(share, triggeredRows), random)) {
        triggered.add(first + row);
      }
    }
    int[] poisoned = triggered.stream().mapToInt(Integer::intValue).toArray();
    return new Draw(clean, poisoned);
  }

  /** What the network does on the drawn images with the chosen units pruned. */
  public Measurement measure(boolean[] pruned, Draw draw) {
    float[][] logits = Scope.value(() -> logits(pruned, draw::rows, draw.added()));
    return score(draw.clean, draw.clean.length, draw.triggered.length, logits);
  }

  /** What the network does on all images with the chosen units pruned. */
  public Measurement measure(boolean[] pruned) {
    return remembered.computeIfAbsent(MaskBits.of(pruned), mask -> measureAll(pruned));
  }

  /**
   * Logits [rows, K] of a draw under factors given as tensors per node, for gradients with respect
   * to masks.
   */
  public Tensor logits(Map<String, Tensor> masks, Draw draw) {
    return interpreter.resume(
        given(boundary(masks.keySet()), draw::rows),
        Hooks.masked(masks).withAdditions(draw.added()));
  }

  /** Labels of a draw's clean images, its first rows. */
  public int[] cleanLabels(Draw draw) {
    int[] result = new int[draw.clean.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = labels[draw.clean[i]];
    }
    return result;
  }

  /** The label that the triggers force. */
  public int target() {
    return target;
  }

  private void boundaries() {
    List<Node> nodes = space.architecture().nodes();
    List<String> prunable = new ArrayList<>();
    for (int i = nodes.size() - 1; i >= 0; i--) {
      String name = nodes.get(i).name();
      order.put(name, i);
      if (space.nodes().contains(name)) {
        prunable.add(name);
        boundaries.put(i, interpreter.boundary(Set.copyOf(prunable)));
      }
    }
  }

  private void cache(Images images, int[] attacked, List<Trigger> proxies) {
    Set<String> wanted = new TreeSet<>();
    boundaries.values().forEach(wanted::addAll);
    Map<String, List<Tensor>> parts = new LinkedHashMap<>();
    wanted.forEach(name -> parts.put(name, new ArrayList<>()));
    Scope.Owner owner = Scope.current();
    Scope.run(
        () -> {
          append(parts, images.clean(), images.clean().indices(), Optional.empty());
          images
              .mixed()
              .ifPresent(copies -> append(parts, copies, copies.indices(), Optional.empty()));
          for (Trigger proxy : proxies) {
            append(parts, images.attacked(), attacked, Optional.of(proxy));
          }
          parts.forEach(
              (name, tensors) ->
                  cached.put(name, owner.adopt(Tensor.cat(0, tensors.toArray(new Tensor[0])))));
        });
  }

  private void append(
      Map<String, List<Tensor>> parts, ImageSet images, int[] indices, Optional<Trigger> trigger) {
    for (int at = 0; at < indices.length; at += CHUNK) {
      int[] chunk = Arrays.copyOfRange(indices, at, Math.min(indices.length, at + CHUNK));
      Scope.Owner owner = Scope.current();
      Scope.run(
          () ->
              Scope.withoutGradients(
                  () -> {
                    FeatureShape shape = images.shape();
                    Tensor pixels = Tensor.of(images.floats(chunk), shape.batch(chunk.length));
                    Network network = interpreter.network();
                    Map<String, Tensor> outputs =
                        interpreter.activations(
                            trigger.map(on -> on.apply(pixels)).orElse(pixels),
                            parts.keySet(),
                            trigger.map(on -> on.additions(network)).orElse(Map.of()));
                    parts.forEach((name, list) -> list.add(owner.adopt(outputs(outputs, name))));
                    return true;
                  }));
    }
  }

  private Map<String, Tensor> additions(List<Trigger> proxies) {
    Map<String, float[]> values = new LinkedHashMap<>();
    int rows = labels.length + proxies.size() * triggeredRows;
    for (int proxy = 0; proxy < proxies.size(); proxy++) {
      int first = firstTriggeredRow[proxy];
      Map<String, float[]> added = added(proxies.get(proxy));
      added.forEach(
          (node, one) -> {
            float[] all = values.computeIfAbsent(node, name -> new float[rows * one.length]);
            for (int row = first; row < first + triggeredRows; row++) {
              System.arraycopy(one, 0, all, row * one.length, one.length);
            }
          });
    }
    Map<String, Tensor> additions = new LinkedHashMap<>();
    values.forEach((node, all) -> additions.put(node, Tensor.of(all, rows, all.length / rows)));
    return additions;
  }

  /** What one proxy adds inside the network: node → [C]. */
  private Map<String, float[]> added(Trigger proxy) {
    return Scope.value(
        () -> {
          Map<String, float[]> values = new LinkedHashMap<>();
          proxy
              .additions(interpreter.network())
              .forEach((node, tensor) -> values.put(node, tensor.toFloats()));
          return values;
        });
  }

  private Measurement measureAll(boolean[] pruned) {
    int rows = labels.length + firstTriggeredRow.length * triggeredRows;
    float[][] logits = new float[rows][];
    for (int at = 0; at < rows; at += CHUNK) {
      int start = at;
      int length = Math.min(CHUNK, rows - at);
      float[][] part =
          Scope.value(
              () ->
                  logits(
                      pruned,
                      name -> outputs(name).narrow(0, start, length),
                      narrowed(additions, start, length)));
      System.arraycopy(part, 0, logits, at, length);
    }
    int[] clean = new int[labels.length];
    Arrays.setAll(clean, i -> i);
    return score(clean, cleanRows, rows - labels.length, logits);
  }

  private static Map<String, Tensor> narrowed(Map<String, Tensor> rows, int start, int length) {
    Map<String, Tensor> part = new LinkedHashMap<>();
    rows.forEach((name, all) -> part.put(name, all.narrow(0, start, length)));
    return part;
  }

  private float[][] logits(
      boolean[] pruned, Function<String, Tensor> rows, Map<String, Tensor> added) {
    return Scope.withoutGradients(
        () -> {
          Map<String, float[]> factors = space.factors(pruned);
          Tensor logits =
              interpreter.resume(
                  given(boundary(factors.keySet()), rows),
                  Hooks.maskedBy(factors).withAdditions(added));
          int classes = logits.size(1);
          float[] flat = logits.toFloats();
          float[][] result = new float[flat.length / classes][];
          Arrays.setAll(result, i -> Arrays.copyOfRange(flat, i * classes, (i + 1) * classes));
          return result;
        });
  }

  private Set<String> boundary(Set<String> touched) {
    int first = boundaries.lastKey();
    for (String node : touched) {
      first = Math.min(first, order.getOrDefault(node, 0));
    }
    Set<String> boundary = boundaries.get(first);
    if (boundary == null) {
      throw new IllegalArgumentException(
          "masks touch " + touched + ", outside the prunable layers " + space.nodes());
    }
    return boundary;
  }

  private static Map<String, Tensor> given(Set<String> boundary, Function<String, Tensor> rows) {
    Map<String, Tensor> given = new LinkedHashMap<>();
    boundary.forEach(name -> given.put(name, rows.apply(name)));
    return given;
  }

  private Tensor outputs(String node) {
    return outputs(cached, node);
  }

  private static Tensor outputs(Map<String, Tensor> outputs, String node) {
    Tensor output = outputs.get(node);
    if (output == null) {
      throw new IllegalStateException("the outputs of '" + node + "' were not kept");
    }
    return output;
  }

  /**
   * Scores rows of logits.
   *
   * @param labelled numbers in {@link #labels} of the rows without triggers, which come first
   * @param clean how many of those are no mixed copies; these come first
   */
  private Measurement score(int[] labelled, int clean, int triggered, float[][] logits) {
    int right = 0;
    double loss = 0;
    for (int i = 0; i < clean; i++) {
      int label = labels[labelled[i]];
      right += argmax(logits[i]) == label ? 1 : 0;
      loss -= logProbability(logits[i], label);
    }
    double accuracy = (double) right / clean;
    int mixed = labelled.length - clean;
    int rightMixed = 0;
    for (int i = clean; i < labelled.length; i++) {
      rightMixed += argmax(logits[i]) == labels[labelled[i]] ? 1 : 0;
    }
    int forced = 0;
    double probability = 0;
    for (int i = labelled.length; i < labelled.length + triggered; i++) {
      forced += argmax(logits[i]) == target ? 1 : 0;
      probability += Math.exp(logProbability(logits[i], target));
    }
    return new Measurement(
        accuracy,
        loss / clean,
        (double) forced / triggered,
        probability / triggered,
        mixed == 0 ? accuracy : (double) rightMixed / mixed);
  }

  private static int argmax(float[] values) {
    int best = 0;
    for (int k = 1; k < values.length; k++) {
      best = values[k] > values[best] ? k : best;
    }
    return best;
  }

  private static double logProbability(float[] logits, int label) {
    double max = logits[argmax(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    return logits[label] - max - Math.log(sum);
  }

  /** {@code count} of the numbers below {@code size}, ascending. */
  private static int[] choose(int size, int count, RandomGenerator random) {
    int[] numbers = new int[size];
    Arrays.setAll(numbers, i -> i);
    int[] chosen = RandomOrder.draw(numbers, count, random);
    Arrays.sort(chosen);
    return chosen;
  }
}
