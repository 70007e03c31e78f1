package io.secateur.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesTest {

  /** A new process with an empty cache: the first run on somebody's machine. */
  @Test
  void the_first_run_ever_computes(@TempDir Path cache) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+SuppressFatalErrorMessage",
                "-Dorg.bytedeco.javacpp.maxphysicalbytes=0",
                "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                "-cp",
                System.getProperty("java.class.path"),
                FirstRun.class.getName())
            .redirectErrorStream(true)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).as(printed).isZero();
    assertThat(printed).contains("sum 27.0");
  }

  static final class FirstRun {
    public static void main(String[] args) {
      Natives.ready();
      try (PointerScope scope = new PointerScope()) {
        org.bytedeco.pytorch.Tensor ones = torch.ones(3, 3);
        System.out.println("sum " + ones.mm(ones).sum().item_float());
      }
    }
  }
}
