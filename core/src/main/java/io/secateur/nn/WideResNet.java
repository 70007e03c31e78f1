package io.secateur.nn;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * WRN-d-k (Zagoruyko and Komodakis, Wide Residual Networks, BMVC 2016, table 1): depth d = 6n + 4,
 * three stages {@code block1..3} of n pre-activation units {@code .layer.U} with widths k·w, 2k·w,
 * 4k·w (published w = 16), strides 1, 2, 2; then batch norm, relu and a global mean. A unit: a =
 * relu(bn1(x)); h = conv2(relu(bn2(conv1(a)))); output h + s, where s = convShortcut(a) where the
 * number of channels changes and s = x otherwise. Tensor names follow the PyTorch code that Neural
 * Attention Distillation (Li et al., ICLR 2021) uses; the classifier is {@code fc}.
 */
final class WideResNet implements StockFamily {
  private static final Pattern NAME = Pattern.compile("wrn-(\\d{1,3})-(\\d{1,2})");

  @Override
  public List<String> names() {
    return List.of("wrn-16-1", "wrn-16-2", "wrn-28-1", "wrn-28-10", "wrn-40-1", "wrn-40-2");
  }

  @Override
  public int width() {
    return 16;
  }

  @Override
  public Optional<Architecture> build(String name, FeatureShape input, int classes, int width) {
    Matcher match = NAME.matcher(name);
    if (!match.matches()) {
      return Optional.empty();
    }
    int depth = Integer.parseInt(match.group(1));
    int factor = Integer.parseInt(match.group(2));
    if (depth < 10 || (depth - 4) % 6 != 0 || factor < 1) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "': wrn-D-K needs a depth D = 6n + 4 (10, 16, 22, 28, 34, 40, …) and K of at least 1");
    }
    var net = new ArchitectureBuilder(title(name, width), input);
    return Optional.of(network(net, (depth - 4) / 6, factor, classes, width));
  }

  @Override
  public List<String> candidates(Map<String, int[]> shapes) {
    int units = 0;
    while (shapes.containsKey("block1.layer." + units + ".conv1.weight")) {
      units++;
    }
    int[] stem = shapes.get("conv1.weight");
    int[] first = shapes.get("block1.layer.0.conv1.weight");
    if (stem == null || first == null || stem.length != 4 || first.length != 4 || stem[0] < 1) {
      return names();
    }
    int factor = first[0] / stem[0];
    String name = "wrn-" + (6 * units + 4) + "-" + factor;
    return factor >= 1 && NAME.matcher(name).matches() ? List.of(name) : names();
  }

  private static Architecture network(
      ArchitectureBuilder net, int units, int factor, int classes, int width) {
    String x = net.conv("conv1", net.input(), width, 3, 1, 1, false);
    for (int block = 0; block < 3; block++) {
      for (int unit = 0; unit < units; unit++) {
        String path = "block" + (block + 1) + ".layer." + unit + ".";
        x = unit(net, path, x, (factor * width) << block, block > 0 && unit == 0 ? 2 : 1);
      }
    }
    x = net.relu("relu", net.batchNorm("bn1", x));
    StockFamily.pooledHead(net, x, "fc", classes);
    return net.build();
  }

  private static String unit(
      ArchitectureBuilder net, String path, String from, int planes, int stride) {
    String activated = net.relu(path + "relu1", net.batchNorm(path + "bn1", from));
    String x = net.conv(path + "conv1", activated, planes, 3, stride, 1, false);
    x = net.relu(path + "relu2", net.batchNorm(path + "bn2", x));
    x = net.conv(path + "conv2", x, planes, 3, 1, 1, false);
    boolean changes = net.shape(from).channels() != planes;
    String shortcut =
        changes ? net.conv(path + "convShortcut", activated, planes, 1, stride, 0, false) : from;
    return net.add(path + "add", new Layer.Add(), x, shortcut);
  }
}
