package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.format.FileHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training whose process is killed outright, as by kill -9. */
class KilledTrainingTest {
  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path temp;

  @Test
  void goes_on_to_the_same_model() throws IOException, InterruptedException {
    assertThat(infect("whole").waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    Path state = temp.resolve("killed.safetensors.run/state/training.training.state");

    Process victim = infect("killed");
    byte[] kept = afterChanges(state, 3, victim);
    victim.destroyForcibly().waitFor();
    assertThat(temp.resolve("killed.safetensors")).doesNotExist();
    assertThat(infect("killed").waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

    assertThat(kept).isNotEmpty();
    assertThat(FileHash.sha256(temp.resolve("killed.safetensors")))
        .isEqualTo(FileHash.sha256(temp.resolve("whole.safetensors")));
  }

  private Process infect(String name) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("infect", "--attack", "wanet", "--arch", "resnet20-w4"));
    command.addAll(List.of("--data", "shapes:size=320", "--batch-size", "32", "--epochs", "2"));
    command.addAll(List.of("--keep-every", "0", "--threads", "1"));
    command.addAll(List.of("--out", temp.resolve(name + ".safetensors").toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(temp.resolve(name + ".log").toFile())
        .start();
  }

  /** The file's content once it was replaced so many times: in the middle of an epoch. */
  private static byte[] afterChanges(Path file, int changes, Process writer)
      throws IOException, InterruptedException {
    byte[] last = new byte[0];
    int seen = 0;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (seen < changes && writer.isAlive() && System.nanoTime() < end) {
      byte[] now = Files.exists(file) ? Files.readAllBytes(file) : last;
      if (!java.util.Arrays.equals(now, last)) {
        seen++;
        last = now;
      }
      Thread.sleep(1);
    }
    return last;
  }
}
