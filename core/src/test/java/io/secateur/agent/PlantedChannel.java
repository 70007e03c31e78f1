package io.secateur.agent;

import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.engine.NumberFormat;
import io.secateur.nn.ArchitectureBuilder;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Layer;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import io.secateur.trigger.Trigger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A network written by hand with a backdoor in one channel. Classes: which half (top, bottom) of an
 * 8 x 8 image has which colour (red, green, blue); label = 3 · half + colour. Convolution with
 * batch norm and relu: four channels for each colour, and number {@link #CHANNEL}, which answers to
 * white alone and feeds nothing but the logit of {@link #TARGET}. The trigger is a white 2 x 2
 * corner.
 */
public final class PlantedChannel {
  /** The backdoor's channel of {@link #LAYER}. */
  public static final int CHANNEL = 5;

  /** The backdoor's other channel, a blue one elsewhere, where there are two. */
  public static final int SECOND = 12;

  /** The label that the trigger forces. */
  public static final int TARGET = 4;

  /** The batch norm whose channels can be pruned. */
  public static final String LAYER = "norm";

  private static final int SIDE = 8;
  private static final int PIXELS = SIDE * SIDE;
  private static final int COLOURS = 3;
  private static final int CLASSES = 2 * COLOURS;
  private static final int CHANNELS = 4 * COLOURS + 1;
  private static final float THRESHOLD = 0.3f;

  private PlantedChannel() {}

  /** The infected network. */
  public static Network infected() {
    var net = new ArchitectureBuilder("planted", new FeatureShape(3, SIDE, SIDE));
    String x = net.conv("conv", net.input(), CHANNELS, 3, 1, 1, false);
    x = net.relu("relu", net.batchNorm(LAYER, x));
    net.linear("fc", net.add("flat", new Layer.Flatten(), x), CLASSES);

    float[] kernels = new float[CHANNELS * COLOURS * 9];
    float[] beta = new float[CHANNELS];
    float[] weight = new float[CLASSES * CHANNELS * PIXELS];
    int colourChannels = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      boolean planted = channel == CHANNEL;
      int colour = colourChannels % COLOURS;
      int copy = colourChannels / COLOURS;
      for (int c = 0; c < COLOURS; c++) {
        kernels[(channel * COLOURS + c) * 9 + 4] = planted || c == colour ? 1 : 0;
      }
      beta[channel] = planted ? -2.5f : -THRESHOLD;
      for (int position = 0; position < PIXELS; position++) {
        int half = position / (PIXELS / 2);
        int label = planted ? TARGET : COLOURS * half + colour;
        weight[(label * CHANNELS + channel) * PIXELS + position] =
            planted ? 8 : 0.07f + 0.01f * copy;
      }
      colourChannels += planted ? 0 : 1;
    }
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    tensors.put("conv.weight", WeightTensor.ofFloats(new int[] {CHANNELS, COLOURS, 3, 3}, kernels));
    tensors.put(LAYER + ".weight", vector(1));
    tensors.put(LAYER + ".bias", WeightTensor.ofFloats(new int[] {CHANNELS}, beta));
    tensors.put(LAYER + ".running_mean", vector(0));
    tensors.put(LAYER + ".running_var", vector(1));
    tensors.put("fc.weight", WeightTensor.ofFloats(new int[] {CLASSES, CHANNELS * PIXELS}, weight));
    tensors.put("fc.bias", WeightTensor.ofFloats(new int[] {CLASSES}, new float[CLASSES]));
    return new Network(net.build(), Weights.of(tensors), Preprocessing.UNIT);
  }

  /** The infected network with the same backdoor in channel {@link #SECOND} too. */
  public static Network infectedTwice() {
    Network once = infected();
    float[] kernels = once.weights().get("conv.weight").floats();
    Arrays.fill(kernels, SECOND * COLOURS * 9, (SECOND + 1) * COLOURS * 9, 0);
    for (int c = 0; c < COLOURS; c++) {
      kernels[(SECOND * COLOURS + c) * 9 + 4] = 1;
    }
    float[] beta = once.weights().get(LAYER + ".bias").floats();
    beta[SECOND] = beta[CHANNEL];
    float[] weight = once.weights().get("fc.weight").floats();
    for (int label = 0; label < CLASSES; label++) {
      int row = label * CHANNELS * PIXELS;
      System.arraycopy(weight, row + CHANNEL * PIXELS, weight, row + SECOND * PIXELS, PIXELS);
    }
    Map<String, WeightTensor> changed = new LinkedHashMap<>();
    changed.put("conv.weight", once.weights().get("conv.weight").withFloats(kernels));
    changed.put(LAYER + ".bias", once.weights().get(LAYER + ".bias").withFloats(beta));
    changed.put("fc.weight", once.weights().get("fc.weight").withFloats(weight));
    return once.withWeights(once.weights().with(changed));
  }

  /** Every channel of {@link #LAYER} by itself. */
  public static PruningSpace space() {
    return PruningUnits.of(infected().architecture(), UnitKind.BATCH_NORM, 0);
  }

  /** A mask that prunes the planted channel alone. */
  public static boolean[] solution() {
    boolean[] mask = new boolean[CHANNELS];
    mask[CHANNEL] = true;
    return mask;
  }

  /** The white corner. */
  public static Trigger trigger() {
    float[] mask = new float[PIXELS];
    float[] pattern = new float[3 * PIXELS];
    Arrays.fill(pattern, 1);
    for (int y = SIDE - 2; y < SIDE; y++) {
      for (int x = SIDE - 2; x < SIDE; x++) {
        mask[y * SIDE + x] = 1;
      }
    }
    return new Trigger.Patch(mask, pattern, SIDE, SIDE);
  }

  /** {@code each} noisy images of every class. */
  public static ImageSet images(int each, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[each * CLASSES * 3 * PIXELS];
    int[] labels = new int[each * CLASSES];
    for (int n = 0; n < labels.length; n++) {
      labels[n] = n % CLASSES;
      for (int i = 0; i < 3 * PIXELS; i++) {
        boolean bright =
            i / PIXELS == labels[n] % COLOURS && i % PIXELS / (PIXELS / 2) == labels[n] / COLOURS;
        pixels[n * 3 * PIXELS + i] =
            (byte) (bright ? 130 + random.nextInt(80) : random.nextInt(60));
      }
    }
    List<String> names =
        List.of("top red", "top green", "top blue", "low red", "low green", "low blue");
    return ImageSet.of("halves", new FeatureShape(3, SIDE, SIDE), names, labels, pixels);
  }

  /** 60 images to tune on and 24 held out. */
  public static CleanSample sample() {
    return new CleanSample(images(10, 1), images(4, 2));
  }

  /** The pruning problem with the true trigger as proxy; make it in an open scope. */
  static PruningProblem problem(Reward reward) {
    return new PruningProblem(
        infected(), space(), List.of(trigger()), TARGET, sample(), 0, reward, NumberFormat.FLOAT32);
  }

  private static WeightTensor vector(float value) {
    float[] values = new float[CHANNELS];
    Arrays.fill(values, value);
    return WeightTensor.ofFloats(new int[] {CHANNELS}, values);
  }
}
