package io.secateur.nn;

import java.util.List;
import java.util.Optional;

/**
 * The small VGG of I-BAU's published checkpoints (Zeng et al., Adversarial Unlearning of Backdoors
 * via Implicit Hypergradient, ICLR 2022): six 3×3 convolutions with bias, each followed by batch
 * norm and ELU (α = 1), widths w, w, 2w, 2w, 4w, 4w (published w = 32), and after each pair a 2×2
 * max-pool and dropout 0.3, 0.4, 0.4. Layers are numbered through as {@code features.N}; then
 * flatten and {@code classifier}, which reads 4w · 4 · 4 features at 32×32 pixels.
 */
final class SmallVgg implements StockFamily {
  private static final String NAME = "smallvgg";
  private static final double[] DROPOUT = {0.3, 0.4, 0.4};

  @Override
  public List<String> names() {
    return List.of(NAME);
  }

  @Override
  public int width() {
    return 32;
  }

  @Override
  public Optional<Architecture> build(String name, FeatureShape input, int classes, int width) {
    if (!name.equals(NAME)) {
      return Optional.empty();
    }
    if (input.height() < 8 || input.width() < 8) {
      throw new IllegalArgumentException(
          name + " halves its input three times: at least 8x8 pixels, got " + input);
    }
    var net = new ArchitectureBuilder(title(name, width), input);
    String x = net.input();
    int index = 0;
    for (int stage = 0; stage < DROPOUT.length; stage++) {
      for (int i = 0; i < 2; i++) {
        x = net.conv("features." + index++, x, width << stage, 3, 1, 1, true);
        x = net.batchNorm("features." + index++, x);
        x = net.add("features." + index++, new Layer.Elu(1), x);
      }
      x = net.add("features." + index++, new Layer.MaxPool(Window.square(2, 2, 0)), x);
      x = net.add("features." + index++, new Layer.Dropout(DROPOUT[stage]), x);
    }
    net.linear("classifier", net.add("flatten", new Layer.Flatten(), x), classes);
    return Optional.of(net.build());
  }
}
