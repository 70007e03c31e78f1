package io.secateur.trigger;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.data.Cifar10;
import io.secateur.data.CleanSample;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.ModelFiles;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.Recognition;
import io.secateur.nn.Weights;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real networks, infected and clean, that tests may use; they are no part of the project. */
enum SharedNetworks {
  WRN_BADNETS("nad-wrn16-1-badnets-grid-t5", 5, Preprocessing.UNIT),
  VGG_BADNETS("ibau-smallvgg-badnets-t8", 8, Preprocessing.UNIT),
  VGG_TROJAN("ibau-smallvgg-trojanwm-t2", 2, Preprocessing.UNIT),
  RESNET_CLEAN("clean-resnet20", -1, Preprocessing.IMAGENET);

  private final String folder;
  private final int target;
  private final Preprocessing preprocessing;

  SharedNetworks(String folder, int target, Preprocessing preprocessing) {
    this.folder = folder;
    this.target = target;
    this.preprocessing = preprocessing;
  }

  String folder() {
    return folder;
  }

  /** The label that the backdoor leads to; -1 for none. */
  int target() {
    return target;
  }

  /** The network; the test is skipped where it is absent. */
  Network read() {
    Path file =
        present(
            data().resolveSibling("checkpoints").resolve(folder).resolve("weights.safetensors"));
    Weights weights = ModelFiles.read(file).weights();
    return new Network(Recognition.recognise(weights), weights, preprocessing);
  }

  /** 500 training images, as many of each class as possible; skipped where they are absent. */
  static ImageSet images(long seed) {
    ImageSet images = Cifar10.read(present(data().resolve("cifar10")), Split.DEFENDER);
    return CleanSample.draw(images, 625, CleanSample.HOLD_OUT_SHARE, seed).tune();
  }

  private static Path data() {
    String given = System.getenv("SECATEUR_DATA");
    Path path =
        given != null
            ? Path.of(given)
            : Path.of(System.getProperty("secateur.root", "."), "..", "shared", "data");
    return path.toAbsolutePath().normalize();
  }

  private static Path present(Path path) {
    assumeTrue(Files.exists(path), () -> "skipped: no " + path + "; set SECATEUR_DATA");
    return path;
  }
}
