package io.secateur.nn;

import java.util.List;
import java.util.Optional;

/**
 * MobileNetV2 (Sandler et al., CVPR 2018, table 2): inverted residual units of a 1×1 expansion, a
 * depthwise 3×3 convolution and a linear 1×1 projection. Two forms, which differ in more than
 * names:
 *
 * <ul>
 *   <li>{@code mobilenetv2}, as in the common CIFAR repositories: stem stride 1, second stage
 *       stride 1, plain relu; every unit of stride 1 has a shortcut, by 1×1 convolution and batch
 *       norm where the channels change. Tensor names {@code conv1, bn1,
 *       layers.U.{conv1..bn3,shortcut.0,shortcut.1}, conv2, bn2, linear}.
 *   <li>{@code mobilenetv2-torchvision}: strides 2 there, relu6, shortcuts only where nothing
 *       changes, dropout 0.2. Tensor names {@code features.U.conv.*, classifier.1}.
 * </ul>
 *
 * The width is that of the stem (published 32) and scales all others; torchvision rounds them to
 * multiples of 8 and does not shrink the last 1,280.
 */
final class MobileNetV2 implements StockFamily {
  private static final String CIFAR = "mobilenetv2";
  private static final String TORCHVISION = "mobilenetv2-torchvision";
  private static final int STEM = 32;
  private static final int LAST = 1280;

  /** Table 2: expansion t, channels c, units n, stride s of the first unit on large images. */
  private static final int[][] STAGES = {
    {1, 16, 1, 1},
    {6, 24, 2, 2},
    {6, 32, 3, 2},
    {6, 64, 4, 2},
    {6, 96, 3, 1},
    {6, 160, 3, 2},
    {6, 320, 1, 1}
  };

  @Override
  public List<String> names() {
    return List.of(CIFAR, TORCHVISION);
  }

  @Override
  public int width() {
    return STEM;
  }

  @Override
  public Optional<Architecture> build(String name, FeatureShape input, int classes, int width) {
    var net = new ArchitectureBuilder(title(name, width), input);
    if (name.equals(CIFAR)) {
      return Optional.of(cifar(net, classes, width));
    }
    return name.equals(TORCHVISION)
        ? Optional.of(torchvision(net, classes, width))
        : Optional.empty();
  }

  private static Architecture cifar(ArchitectureBuilder net, int classes, int width) {
    String x = net.conv("conv1", net.input(), width, 3, 1, 1, false);
    x = net.relu("relu1", net.batchNorm("bn1", x));
    int index = 0;
    for (int stage = 0; stage < STAGES.length; stage++) {
      for (int unit = 0; unit < STAGES[stage][2]; unit++) {
        int stride = unit == 0 && stage != 1 ? STAGES[stage][3] : 1;
        int out = Math.max(1, STAGES[stage][1] * width / STEM);
        x = cifarUnit(net, "layers." + index++ + ".", x, STAGES[stage][0], out, stride);
      }
    }
    x = net.conv("conv2", x, Math.max(1, LAST * width / STEM), 1, 1, 0, false);
    x = net.relu("relu2", net.batchNorm("bn2", x));
    StockFamily.pooledHead(net, x, "linear", classes);
    return net.build();
  }

  private static String cifarUnit(
      ArchitectureBuilder net, String path, String from, int expansion, int out, int stride) {
    int in = net.shape(from).channels();
    String x = net.conv(path + "conv1", from, expansion * in, 1, 1, 0, false);
    x = net.relu(path + "relu1", net.batchNorm(path + "bn1", x));
    x = net.depthwise(path + "conv2", x, 3, stride, 1);
    x = net.relu(path + "relu2", net.batchNorm(path + "bn2", x));
    x = net.batchNorm(path + "bn3", net.conv(path + "conv3", x, out, 1, 1, 0, false));
    if (stride != 1) {
      return x;
    }
    String shortcut = from;
    if (in != out) {
      shortcut = net.conv(path + "shortcut.0", from, out, 1, 1, 0, false);
      shortcut = net.batchNorm(path + "shortcut.1", shortcut);
    }
    return net.add(path + "add", new Layer.Add(), x, shortcut);
  }

  private static Architecture torchvision(ArchitectureBuilder net, int classes, int width) {
    String x = net.conv("features.0.0", net.input(), rounded(STEM, width), 3, 2, 1, false);
    x = relu6(net, "features.0.2", net.batchNorm("features.0.1", x));
    int index = 1;
    for (int[] stage : STAGES) {
      for (int unit = 0; unit < stage[2]; unit++) {
        String path = "features." + index++ + ".";
        x =
            torchvisionUnit(
                net, path, x, stage[0], rounded(stage[1], width), unit == 0 ? stage[3] : 1);
      }
    }
    String last = "features." + index + ".";
    x = net.conv(last + "0", x, rounded(LAST, Math.max(STEM, width)), 1, 1, 0, false);
    x = relu6(net, last + "2", net.batchNorm(last + "1", x));
    x = net.add("pool", new Layer.GlobalAveragePool(), x);
    x = net.add("flatten", new Layer.Flatten(), x);
    x = net.add("classifier.0", new Layer.Dropout(0.2), x);
    net.linear("classifier.1", x, classes);
    return net.build();
  }

  private static String torchvisionUnit(
      ArchitectureBuilder net, String path, String from, int expansion, int out, int stride) {
    int in = net.shape(from).channels();
    String x = from;
    int index = 0;
    if (expansion != 1) {
      x = net.conv(path + "conv.0.0", x, expansion * in, 1, 1, 0, false);
      x = relu6(net, path + "conv.0.2", net.batchNorm(path + "conv.0.1", x));
      index = 1;
    }
    String depthwise = path + "conv." + index + ".";
    x = net.depthwise(depthwise + "0", x, 3, stride, 1);
    x = relu6(net, depthwise + "2", net.batchNorm(depthwise + "1", x));
    x = net.conv(path + "conv." + (index + 1), x, out, 1, 1, 0, false);
    x = net.batchNorm(path + "conv." + (index + 2), x);
    return stride == 1 && in == out ? net.add(path + "add", new Layer.Add(), x, from) : x;
  }

  private static String relu6(ArchitectureBuilder net, String name, String from) {
    return net.add(name, new Layer.Clip(0, 6), from);
  }

  /**
   * Channels · width / 32 to the nearest multiple of 8, but no more than a tenth below the exact
   * value.
   */
  private static int rounded(int channels, int width) {
    double exact = (double) channels * width / STEM;
    int nearest = Math.max(8, (int) (exact + 4) / 8 * 8);
    return nearest < 0.9 * exact ? nearest + 8 : nearest;
  }
}
