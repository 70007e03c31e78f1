package io.secateur.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.agent.PruningEnvironment;
import io.secateur.data.ImageSet;
import io.secateur.engine.Engine;
import io.secateur.engine.NumberFormat;
import io.secateur.engine.Ops;
import io.secateur.engine.Optimizer;
import io.secateur.engine.Scope;
import io.secateur.engine.Tensor;
import io.secateur.prune.PruningSpace;
import io.secateur.prune.PruningUnits;
import io.secateur.prune.UnitKind;
import io.secateur.trigger.Trigger;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Long loops keep the resident memory flat. Each runs in a process of its own, whose Java heap is
 * fixed and touched beforehand, so that what grows is native.
 */
class NativeMemoryTest {
  private static final long ALLOWED_MEGABYTES = 60;
  private static final Path STATUS = Path.of("/proc/self/status");

  @Test
  void a_thousand_training_steps() throws IOException, InterruptedException {
    assertThat(growth("training")).isLessThan(ALLOWED_MEGABYTES);
  }

  @Test
  void ten_thousand_masks_tried_on_images_of_their_own_and_on_all()
      throws IOException, InterruptedException {
    assertThat(growth("masks")).isLessThan(ALLOWED_MEGABYTES);
  }

  /** Megabytes from the end of the warm-up to the end. */
  private static long growth(String loop) throws IOException, InterruptedException {
    assumeTrue(Files.exists(STATUS), "resident memory is read from /proc");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms96m",
                "-Xmx96m",
                "-XX:+AlwaysPreTouch",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                Loops.class.getName(),
                loop)
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    return Long.parseLong(printed.replaceAll("(?s).*grew by (-?\\d+) MB.*", "$1"));
  }

  static final class Loops {
    private static final FeatureShape SHAPE = new FeatureShape(3, 8, 8);

    public static void main(String[] arguments) throws IOException {
      Engine.threads(1);
      boolean training = arguments[0].equals("training");
      Network network = RandomNetworks.stock("resnet20-w4", 8, 1);
      try (Scope scope = Scope.open()) {
        Runnable step = training ? training(network) : masks(network);
        int steps = training ? 1_000 : 10_000;
        repeat(step, steps / 5);
        long before = residentKilobytes();
        repeat(step, steps);
        System.out.println("grew by " + (residentKilobytes() - before) / 1024 + " MB");
      }
    }

    private static void repeat(Runnable step, int times) {
      for (int i = 0; i < times; i++) {
        step.run();
      }
    }

    private static Tensor images(int count) {
      return Tensor.of(RandomNetworks.images(SHAPE, count, 2), count, 3, 8, 8);
    }

    private static Runnable training(Network network) {
      Interpreter interpreter = Interpreter.training(network);
      Optimizer optimizer = Optimizer.sgd(interpreter.parameters(), 1e-4, 0.9, 1e-4, true);
      Tensor labels = Tensor.of(0, 1, 2, 3, 4, 5, 6, 7);
      Tensor images = images(8);
      return () ->
          Scope.run(
              () ->
                  optimizer.minimise(
                      Ops.crossEntropy(interpreter.forward(images, Hooks.TRAINING), labels)));
    }

    private static Runnable masks(Network network) {
      PruningSpace space = PruningUnits.of(network.architecture(), UnitKind.BATCH_NORM, 1);
      Trigger proxy = new Trigger.Additive(RandomNetworks.images(SHAPE, 1, 3), 8, 8);
      PruningEnvironment environment =
          new PruningEnvironment(
              network, space, List.of(proxy), 0, labelled(), NumberFormat.FLOAT32);
      Random random = new Random(3);
      return () ->
          Scope.run(
              () -> {
                boolean[] pruned = new boolean[space.size()];
                for (int unit = 0; unit < pruned.length; unit++) {
                  pruned[unit] = random.nextBoolean();
                }
                environment.measure(pruned, environment.draw(8, 8, random));
                environment.measure(pruned);
              });
    }

    private static ImageSet labelled() {
      int count = 10;
      List<String> names = IntStream.range(0, count).mapToObj(String::valueOf).toList();
      byte[] pixels = new byte[count * SHAPE.size()];
      new Random(2).nextBytes(pixels);
      return ImageSet.of("random", SHAPE, names, IntStream.range(0, count).toArray(), pixels);
    }

    private static long residentKilobytes() throws IOException {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      throw new IllegalStateException("no VmRSS in " + STATUS);
    }
  }
}
