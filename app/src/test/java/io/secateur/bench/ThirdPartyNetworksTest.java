package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.ModelFiles;
import io.secateur.metric.Evaluation;
import io.secateur.metric.Evaluator;
import io.secateur.metric.GroundTruth;
import io.secateur.metric.Proportion;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.Recognition;
import io.secateur.nn.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Networks that other people trained, read from the files they published: the same logits as
 * PyTorch computed, and the same clean accuracy, attack success and recovery on all test images.
 */
class ThirdPartyNetworksTest {
  private static final double LOGIT_TOLERANCE = 1e-3;
  private static final double POINTS = 0.05;

  @ParameterizedTest
  @CsvSource({
    "nad-wrn16-1-badnets-grid-t5, WRN-16-1-S-model_best.pth.tar, unit, 84.80, 100.00, 0.00",
    "nad-wrn16-1-badnets-grid-t5, WRN-16-1-erased-by-NAD.tar, unit, 81.30, 4.24, 81.52",
    "ibau-smallvgg-badnets-t8, badnets_8_02_ckpt.pth, unit, 84.46, 97.74, 1.96",
    "ibau-smallvgg-trojanwm-t2, trojan_wm_2_02_ckpt.pth, unit, 85.05, 99.90, 0.09",
    "clean-resnet20, resnet20-12fca82f.th, imagenet, 91.73, , ",
  })
  void the_published_file_gives_the_published_numbers(
      String folder, String name, String preprocessing, double ca, Double asr, Double ra)
      throws IOException {
    Path checkpoint = SharedFolder.checkpoints(folder);
    ImageSet test = DataSpec.parse("cifar10:" + SharedFolder.data("cifar10"), Split.TEST).load();
    Weights weights = ModelFiles.read(checkpoint.resolve(name)).weights();
    Network network =
        new Network(
            Recognition.recognise(weights, test.shape()),
            weights,
            Preprocessing.parse(preprocessing));
    Optional<GroundTruth> truth =
        asr == null
            ? Optional.empty()
            : Optional.of(GroundTruthFile.read(checkpoint.resolve("truth.json"), test.shape(), 10));

    if (!name.contains("erased")) {
      compareLogits(checkpoint.resolve("reference-logits.csv"), network, test, truth);
    }
    Evaluation evaluation = Evaluator.evaluate(network, test, truth);

    assertThat(evaluation.cleanAccuracy().n()).isEqualTo(10_000);
    assertThat(evaluation.cleanAccuracy().value()).isCloseTo(ca, within(POINTS));
    if (asr != null && ra != null) {
      Proportion success = evaluation.trueAsr().orElseThrow();
      assertThat(success.n()).isEqualTo(9_000);
      assertThat(success.value()).isCloseTo(asr, within(POINTS));
      assertThat(evaluation.recoveryAccuracy().orElseThrow().value()).isCloseTo(ra, within(POINTS));
    }
  }

  private static void compareLogits(
      Path reference, Network network, ImageSet test, Optional<GroundTruth> truth)
      throws IOException {
    List<String> lines = Files.readAllLines(reference);
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      int record = Integer.parseInt(fields[1]);
      double[] expected = Arrays.stream(fields).skip(3).mapToDouble(Double::parseDouble).toArray();
      float[] image = test.floats(new int[] {record});
      boolean clean = fields[0].equals("clean");
      float[] logits =
          Evaluator.logits(network, clean ? image : truth.orElseThrow().trigger().on(image));

      assertThat(test.label(record)).isEqualTo(Integer.parseInt(fields[2]));
      for (int k = 0; k < expected.length; k++) {
        assertThat((double) logits[k])
            .as("%s image %d, logit %d", fields[0], record, k)
            .isCloseTo(expected[k], within(LOGIT_TOLERANCE));
      }
    }
  }
}
