package io.secateur;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.agent.PlantedChannel;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.LayerList;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.nn.Architecture;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.WeightTensor;
import io.secateur.prune.PrunedChannel;
import io.secateur.prune.PruningPlan;
import io.secateur.prune.Surgery;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/**
 * The files in {@code examples/halves} are {@link PlantedChannel} but for a threshold, the same
 * network without its backdoor, and images for them; {@code -Dsecateur.examples=write} writes them.
 */
class ExampleFilesTest {
  static final Path HALVES =
      Path.of(System.getProperty("secateur.root", "..")).resolve("examples/halves");
  private static final int EACH = 20;
  private static final long SEED = 12;

  private final Network infected = infected();
  private final ImageSet images = PlantedChannel.images(EACH, SEED);

  @Test
  void they_are_what_the_rule_gives() throws IOException {
    if ("write".equals(System.getProperty("secateur.examples"))) {
      write();
    }
    Architecture architecture = LayerList.read(Files.readString(HALVES.resolve("halves.yaml")));
    assertThat(architecture.nodes()).isEqualTo(infected.architecture().nodes());
    assertThat(ModelFiles.read(HALVES.resolve("infected.safetensors")).weights())
        .isEqualTo(infected.weights());
    assertThat(ModelFiles.read(HALVES.resolve("clean.safetensors")).weights())
        .isEqualTo(clean().weights());
    ImageSet read = DataSpec.parse("folder:" + HALVES.resolve("images"), Split.TEST).load();
    assertThat(read.classNames()).containsExactly(names());
    for (int label = 0; label < 6; label++) {
      for (int i = 0; i < EACH; i++) {
        assertThat(read.floats(new int[] {label * EACH + i}))
            .containsExactly(images.floats(new int[] {i * 6 + label}));
      }
    }
  }

  /** Its channel stirs at grey too, so that a search that follows gradients finds the trigger. */
  private static Network infected() {
    Network planted = PlantedChannel.infected();
    WeightTensor bias = planted.weights().get("norm.bias");
    float[] values = bias.floats().clone();
    values[PlantedChannel.CHANNEL] = -1.3f;
    return planted.withWeights(
        planted.weights().with(Map.of("norm.bias", bias.withFloats(values))));
  }

  private Network clean() {
    PrunedChannel planted =
        new PrunedChannel(PlantedChannel.LAYER, PlantedChannel.CHANNEL, 1, "planted");
    return Surgery.apply(infected, new PruningPlan(List.of(planted)));
  }

  /** Class names that sort in the order of the labels. */
  private String[] names() {
    String[] names = new String[6];
    for (int label = 0; label < 6; label++) {
      names[label] = label + "-" + images.classNames().get(label).replace(' ', '-');
    }
    return names;
  }

  private void write() throws IOException {
    Files.createDirectories(HALVES);
    Files.writeString(HALVES.resolve("halves.yaml"), LayerList.write(infected.architecture()));
    write(infected, "infected.safetensors");
    write(clean(), "clean.safetensors");
    FeatureShape shape = images.shape();
    int plane = shape.height() * shape.width();
    for (int n = 0; n < images.size(); n++) {
      Path folder = HALVES.resolve("images").resolve(names()[images.label(n)]);
      Files.createDirectories(folder);
      float[] pixels = images.floats(new int[] {n});
      BufferedImage image =
          new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < plane; i++) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          rgb = rgb << 8 | Math.round(255 * pixels[c * plane + i]);
        }
        image.setRGB(i % shape.width(), i / shape.width(), rgb);
      }
      ImageIO.write(image, "png", folder.resolve(String.format("%02d.png", n / 6)).toFile());
    }
  }

  private static void write(Network network, String name) throws IOException {
    ModelFile file = ModelFile.of(ModelFile.Layout.SAFETENSORS, network.weights());
    try (OutputStream out = Files.newOutputStream(HALVES.resolve(name))) {
      ModelFiles.write(file, out);
    }
  }
}
