package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.nn.WeightTensor;
import io.secateur.nn.Weights;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchUnlearningCommandTest {
  @TempDir private Path temp;

  /** A network that says the first label whatever it sees, and is not brought to say another. */
  @Test
  void a_model_that_forgets_nothing_leaves_the_question_open() throws IOException {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>(SmallModel.weights(2).asMap());
    tensors.computeIfPresent(
        "linear.bias", (name, bias) -> bias.withFloats(new float[] {10_000, 0}));
    Path model = SmallModel.write(temp.resolve("model.safetensors"), Weights.of(tensors));
    Path images = temp.resolve("images");
    write(images.resolve("first"), 1);
    write(images.resolve("second"), 24);

    Outcome outcome =
        CommandRunner.run(
            "bench",
            "unlearning",
            model.toString(),
            "--clean",
            "folder:" + images,
            "--clean-size",
            "24",
            "--preprocess",
            "unit");

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.INCONCLUSIVE);
    assertThat(outcome.err()).contains("makes no new mistake");
    assertThat(outcome.out()).isEmpty();
  }

  private static void write(Path folder, int count) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      image.setRGB(i, i, 0xFFFFFF);
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
    }
  }
}
