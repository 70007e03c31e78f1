package io.secateur.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * ResNet-20, -32, -44, -56 and -110 for CIFAR (He et al., Deep Residual Learning, CVPR 2016,
 * section 4.2): depth 6n + 2, three stages {@code layer1..3} of n basic units with widths w, 2w, 4w
 * (published w = 16), strides 1, 2, 2. Shortcuts have no parameters where the shape changes (option
 * A): every second row and column, and zero channels in equal number in front and behind. Tensor
 * names {@code conv1, bn1, layerS.U.{conv1,bn1,conv2,bn2}, linear}.
 */
final class CifarResNet implements StockFamily {
  private static final int[] DEPTHS = {20, 32, 44, 56, 110};

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (int depth : DEPTHS) {
      names.add("resnet" + depth);
    }
    return names;
  }

  @Override
  public int width() {
    return 16;
  }

  @Override
  public Optional<Architecture> build(String name, FeatureShape input, int classes, int width) {
    for (int depth : DEPTHS) {
      if (name.equals("resnet" + depth)) {
        var net = new ArchitectureBuilder(title(name, width), input);
        return Optional.of(network(net, (depth - 2) / 6, classes, width));
      }
    }
    return Optional.empty();
  }

  private static Architecture network(ArchitectureBuilder net, int units, int classes, int width) {
    String x = net.conv("conv1", net.input(), width, 3, 1, 1, false);
    x = net.relu("relu", net.batchNorm("bn1", x));
    for (int stage = 0; stage < 3; stage++) {
      for (int unit = 0; unit < units; unit++) {
        String path = "layer" + (stage + 1) + "." + unit + ".";
        x = unit(net, path, x, width << stage, stage > 0 && unit == 0 ? 2 : 1);
      }
    }
    StockFamily.pooledHead(net, x, "linear", classes);
    return net.build();
  }

  private static String unit(
      ArchitectureBuilder net, String path, String from, int planes, int stride) {
    String x = net.conv(path + "conv1", from, planes, 3, stride, 1, false);
    x = net.relu(path + "relu1", net.batchNorm(path + "bn1", x));
    x = net.conv(path + "conv2", x, planes, 3, 1, 1, false);
    x = net.batchNorm(path + "bn2", x);
    x =
        net.add(
            path + "add",
            new Layer.Add(),
            x,
            shortcut(net, path + "shortcut", from, planes, stride));
    return net.relu(path + "relu2", x);
  }

  private static String shortcut(
      ArchitectureBuilder net, String path, String from, int planes, int stride) {
    int missing = planes - net.shape(from).channels();
    if (stride == 1 && missing == 0) {
      return from;
    }
    String x = net.add(path + ".subsample", new Layer.Subsample(stride), from);
    return net.add(path + ".pad", new Layer.ChannelPad(missing / 2, missing - missing / 2), x);
  }
}
