package io.secateur.nn;

import java.util.List;
import java.util.Optional;

/**
 * PreActResNet-18 as the backdoor literature uses it (He et al., Identity Mappings in Deep Residual
 * Networks, ECCV 2016, figure 4e): stem 3×3 without batch norm, four stages {@code layer1..4} of
 * two units with widths w, 2w, 4w, 8w (published w = 64). A unit: a = relu(bn1(x)); h =
 * conv2(relu(bn2(conv1(a)))); output h + s, where s = shortcut.0(a), a bare 1×1 convolution, where
 * the shape changes and s = x otherwise. Unlike the paper's, this common variant has no batch norm
 * or relu after the last unit.
 */
final class PreActResNet implements StockFamily {
  private static final String NAME = "preactresnet18";

  @Override
  public List<String> names() {
    return List.of(NAME);
  }

  @Override
  public int width() {
    return 64;
  }

  @Override
  public Optional<Architecture> build(String name, FeatureShape input, int classes, int width) {
    if (!name.equals(NAME)) {
      return Optional.empty();
    }
    var net = new ArchitectureBuilder(title(name, width), input);
    String x = net.conv("conv1", net.input(), width, 3, 1, 1, false);
    for (int stage = 0; stage < 4; stage++) {
      for (int unit = 0; unit < 2; unit++) {
        String path = "layer" + (stage + 1) + "." + unit + ".";
        x = unit(net, path, x, width << stage, stage > 0 && unit == 0 ? 2 : 1);
      }
    }
    StockFamily.pooledHead(net, x, "linear", classes);
    return Optional.of(net.build());
  }

  private static String unit(
      ArchitectureBuilder net, String path, String from, int planes, int stride) {
    String activated = net.relu(path + "relu1", net.batchNorm(path + "bn1", from));
    String x = net.conv(path + "conv1", activated, planes, 3, stride, 1, false);
    x = net.relu(path + "relu2", net.batchNorm(path + "bn2", x));
    x = net.conv(path + "conv2", x, planes, 3, 1, 1, false);
    boolean changes = stride != 1 || net.shape(from).channels() != planes;
    String shortcut =
        changes ? net.conv(path + "shortcut.0", activated, planes, 1, stride, 0, false) : from;
    return net.add(path + "add", new Layer.Add(), x, shortcut);
  }
}
