package io.secateur.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * VGG-11, -13, -16 and -19 with batch norm (Simonyan and Zisserman, ICLR 2015, table 1, columns A,
 * B, D, E): 3×3 convolutions with bias, each followed by batch norm and relu, a 2×2 max-pool after
 * each of five stages of widths w, 2w, 4w, 8w, 8w (published w = 64). Layers are numbered through
 * as {@code features.N}, four per convolution and pool: conv, batch norm, relu, and one for a pool.
 *
 * <p>{@code vgg16-bn} ends, as in the common CIFAR repositories, in flatten and one linear layer
 * {@code classifier} (8w features at 32×32 pixels). {@code vgg16-bn-torchvision} ends in a mean to
 * 7×7 and {@code classifier.0}, {@code .3}, {@code .6} with 4,096 hidden units and dropout; its
 * input must be a multiple of 224 pixels, since smaller maps would have to be enlarged.
 */
final class Vgg implements StockFamily {
  private static final String TORCHVISION = "-torchvision";
  private static final int HIDDEN = 4096;

  /** Convolutions per stage. */
  private static final Map<String, int[]> DEPTHS = depths();

  private static Map<String, int[]> depths() {
    Map<String, int[]> depths = new LinkedHashMap<>();
    depths.put("vgg11-bn", new int[] {1, 1, 2, 2, 2});
    depths.put("vgg13-bn", new int[] {2, 2, 2, 2, 2});
    depths.put("vgg16-bn", new int[] {2, 2, 3, 3, 3});
    depths.put("vgg19-bn", new int[] {2, 2, 4, 4, 4});
    return depths;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>(DEPTHS.keySet());
    for (String name : DEPTHS.keySet()) {
      names.add(name + TORCHVISION);
    }
    return names;
  }

  @Override
  public int width() {
    return 64;
  }

  @Override
  public Optional<Architecture> build(String name, FeatureShape input, int classes, int width) {
    boolean torchvision = name.endsWith(TORCHVISION);
    int[] convolutions =
        DEPTHS.get(torchvision ? name.substring(0, name.length() - TORCHVISION.length()) : name);
    if (convolutions == null) {
      return Optional.empty();
    }
    if (input.height() < 32 || input.width() < 32) {
      throw new IllegalArgumentException(
          name + " halves its input five times: at least 32x32 pixels, got " + input);
    }
    var net = new ArchitectureBuilder(title(name, width), input);
    String x = features(net, convolutions, width);
    if (torchvision) {
      torchvisionHead(net, x, classes);
    } else {
      net.linear("classifier", net.add("flatten", new Layer.Flatten(), x), classes);
    }
    return Optional.of(net.build());
  }

  private static String features(ArchitectureBuilder net, int[] convolutions, int width) {
    String x = net.input();
    int index = 0;
    for (int stage = 0; stage < convolutions.length; stage++) {
      int channels = width << Math.min(stage, 3);
      for (int i = 0; i < convolutions[stage]; i++) {
        x = net.conv("features." + index++, x, channels, 3, 1, 1, true);
        x = net.batchNorm("features." + index++, x);
        x = net.relu("features." + index++, x);
      }
      x = net.add("features." + index++, new Layer.MaxPool(Window.square(2, 2, 0)), x);
    }
    return x;
  }

  private static void torchvisionHead(ArchitectureBuilder net, String from, int classes) {
    FeatureShape map = net.shape(from);
    if (map.height() % 7 != 0 || map.width() != map.height()) {
      throw new IllegalArgumentException(
          "the classifier reads 7x7 maps, but this input size gives " + map);
    }
    String x = from;
    if (map.height() > 7) {
      int step = map.height() / 7;
      x = net.add("avgpool", new Layer.AveragePool(Window.square(step, step, 0), false), x);
    }
    x = net.add("flatten", new Layer.Flatten(), x);
    x = net.relu("classifier.1", net.linear("classifier.0", x, HIDDEN));
    x = net.add("classifier.2", new Layer.Dropout(0.5), x);
    x = net.relu("classifier.4", net.linear("classifier.3", x, HIDDEN));
    x = net.add("classifier.5", new Layer.Dropout(0.5), x);
    net.linear("classifier.6", x, classes);
  }
}
