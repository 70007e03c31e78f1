package io.secateur.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ResNet-18, -34 and -50 (He et al., Deep Residual Learning, CVPR 2016, table 1 and figure 5). Four
 * stages {@code layer1..4} of widths w, 2w, 4w, 8w (published w = 64), the first unit of stages 2
 * to 4 with stride 2. The bottleneck of ResNet-50 has its stride in the 3×3 convolution and four
 * times as many channels at its end.
 *
 * <p>Two stems: for small images a 3×3 convolution without pooling, for ImageNet sizes 7×7 stride 2
 * and a 3×3 max-pool stride 2. Two sets of tensor names: {@code shortcut.0/.1} and {@code linear},
 * as in the common CIFAR repositories, or torchvision's {@code downsample.0/.1} and {@code fc}.
 * Names:
 *
 * <ul>
 *   <li>{@code resnet18}: small stem, CIFAR names
 *   <li>{@code resnet18-imagenet}: ImageNet stem, CIFAR names
 *   <li>{@code resnet18-torchvision}: ImageNet stem, torchvision names (the torchvision model)
 *   <li>{@code resnet18-torchvision-cifar}: small stem, torchvision names
 * </ul>
 */
final class ResNet implements StockFamily {
  private enum Stem {
    SMALL,
    IMAGENET
  }

  private record Variant(String suffix, Stem stem, String shortcut, String linear) {}

  private record Depth(String name, int[] units, boolean bottleneck) {}

  private static final List<Variant> VARIANTS =
      List.of(
          new Variant("", Stem.SMALL, "shortcut", "linear"),
          new Variant("-imagenet", Stem.IMAGENET, "shortcut", "linear"),
          new Variant("-torchvision", Stem.IMAGENET, "downsample", "fc"),
          new Variant("-torchvision-cifar", Stem.SMALL, "downsample", "fc"));

  private static final List<Depth> DEPTHS =
      List.of(
          new Depth("resnet18", new int[] {2, 2, 2, 2}, false),
          new Depth("resnet34", new int[] {3, 4, 6, 3}, false),
          new Depth("resnet50", new int[] {3, 4, 6, 3}, true));

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Depth depth : DEPTHS) {
      for (Variant variant : VARIANTS) {
        names.add(depth.name() + variant.suffix());
      }
    }
    return names;
  }

  @Override
  public int width() {
    return 64;
  }

  @Override
  public Optional<Architecture> build(String name, FeatureShape input, int classes, int width) {
    for (Depth depth : DEPTHS) {
      for (Variant variant : VARIANTS) {
        if (name.equals(depth.name() + variant.suffix())) {
          var net = new ArchitectureBuilder(title(name, width), input);
          return Optional.of(network(net, depth, variant, classes, width));
        }
      }
    }
    return Optional.empty();
  }

  private static Architecture network(
      ArchitectureBuilder net, Depth depth, Variant variant, int classes, int width) {
    String x = stem(net, variant.stem(), width);
    for (int stage = 0; stage < depth.units().length; stage++) {
      int planes = width << stage;
      for (int unit = 0; unit < depth.units()[stage]; unit++) {
        String path = "layer" + (stage + 1) + "." + unit + ".";
        int stride = stage > 0 && unit == 0 ? 2 : 1;
        String branch =
            depth.bottleneck()
                ? bottleneck(net, path, x, planes, stride)
                : basic(net, path, x, planes, stride);
        String shortcut =
            shortcut(net, path + variant.shortcut(), x, net.shape(branch).channels(), stride);
        x = net.add(path + "add", new Layer.Add(), branch, shortcut);
        x = net.relu(path + (depth.bottleneck() ? "relu3" : "relu2"), x);
      }
    }
    StockFamily.pooledHead(net, x, variant.linear(), classes);
    return net.build();
  }

  private static String stem(ArchitectureBuilder net, Stem stem, int width) {
    String x =
        stem == Stem.SMALL
            ? net.conv("conv1", net.input(), width, 3, 1, 1, false)
            : net.conv("conv1", net.input(), width, 7, 2, 3, false);
    x = net.relu("relu", net.batchNorm("bn1", x));
    return stem == Stem.SMALL
        ? x
        : net.add("maxpool", new Layer.MaxPool(Window.square(3, 2, 1)), x);
  }

  /** conv 3×3 (stride) – bn – relu – conv 3×3 – bn. */
  private static String basic(
      ArchitectureBuilder net, String path, String from, int planes, int stride) {
    String x = net.conv(path + "conv1", from, planes, 3, stride, 1, false);
    x = net.relu(path + "relu1", net.batchNorm(path + "bn1", x));
    x = net.conv(path + "conv2", x, planes, 3, 1, 1, false);
    return net.batchNorm(path + "bn2", x);
  }

  /** conv 1×1 – bn – relu – conv 3×3 (stride) – bn – relu – conv 1×1 to 4 · planes – bn. */
  private static String bottleneck(
      ArchitectureBuilder net, String path, String from, int planes, int stride) {
    String x = net.conv(path + "conv1", from, planes, 1, 1, 0, false);
    x = net.relu(path + "relu1", net.batchNorm(path + "bn1", x));
    x = net.conv(path + "conv2", x, planes, 3, stride, 1, false);
    x = net.relu(path + "relu2", net.batchNorm(path + "bn2", x));
    x = net.conv(path + "conv3", x, 4 * planes, 1, 1, 0, false);
    return net.batchNorm(path + "bn3", x);
  }

  /** The input itself, or conv 1×1 (stride) – bn where the shape changes (the paper's option B). */
  private static String shortcut(
      ArchitectureBuilder net, String path, String from, int channels, int stride) {
    if (stride == 1 && net.shape(from).channels() == channels) {
      return from;
    }
    return net.batchNorm(path + ".1", net.conv(path + ".0", from, channels, 1, stride, 0, false));
  }
}
