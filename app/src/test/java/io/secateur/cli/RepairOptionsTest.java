package io.secateur.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What may be asked of a repair beside the model and the images. Small real models. */
@ExtendWith(OneThread.class)
class RepairOptionsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String HALVES = Halves.FOLDER;
  private static final int PATIENCE_SECONDS = 120;
  @TempDir private Path folder;

  private List<String> arguments(String model, String out, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("repair", HALVES + model, "--arch", HALVES + "halves.yaml"));
    arguments.addAll(List.of("--clean", "folder:" + HALVES + "images", "--clean-size", "120"));
    arguments.addAll(List.of("--no-stress", "--out", folder.resolve(out).toString()));
    arguments.addAll(Arrays.asList(more));
    return arguments;
  }

  private Outcome repair(String model, String out, String... more) {
    return CommandRunner.run(arguments(model, out, more).toArray(String[]::new));
  }

  @Test
  void a_named_label_true_trigger_and_trusted_images_are_used_and_told() throws IOException {
    Outcome outcome =
        repair(
            "infected.safetensors",
            "out",
            "--json",
            "--target",
            "4",
            "--truth",
            Halves.truth(folder).toString(),
            "--trusted-eval",
            "folder:" + HALVES + "images",
            "--to",
            "pytorch",
            "--recover");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.get("target").intValue()).isEqualTo(4);
    assertThat(result.get("labels").size()).as("labels hunted").isZero();
    assertThat(result.at("/trueAsr/before/value").doubleValue()).isGreaterThan(90);
    assertThat(result.at("/trueAsr/after/value").doubleValue()).isLessThan(5);
    assertThat(result.at("/cleanAccuracy/after/n").intValue()).isEqualTo(images());
    assertThat(result.at("/settings/recover").stringValue()).isEqualTo("true");
    assertThat(outcome.err()).contains("training: ").doesNotContain("hunt: ");
    ModelFile repaired = ModelFiles.read(folder.resolve("out/repaired.pth"));
    assertThat(repaired.layout()).isEqualTo(ModelFile.Layout.TORCH_ZIP);
    assertThat(repaired.weights())
        .isNotEqualTo(ModelFiles.read(Path.of(HALVES, "infected.safetensors")).weights());
  }

  private static int images() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(HALVES, "images"))) {
      return (int) files.filter(Files::isRegularFile).count();
    }
  }

  @Test
  void findings_of_one_repair_serve_another_method() {
    String findings = folder.resolve("findings").toString();
    Outcome first = repair("infected.safetensors", "a", "--json", "--findings", findings);
    Outcome second =
        repair("infected.safetensors", "b", "--json", "--findings", findings, "--method", "greedy");

    assertThat(second.exitCode()).as(second.err()).isZero();
    JsonNode labels = JSON.readTree(second.out()).get("labels");
    assertThat(labels).isEqualTo(JSON.readTree(first.out()).get("labels")).isNotEmpty();
    assertThat(JSON.readTree(second.out()).at("/seconds/shared").doubleValue()).isPositive();
    assertThat(JSON.readTree(first.out()).at("/seconds/shared").isMissingNode()).isTrue();
  }

  @Test
  void accuracy_is_said_first_and_wrong_preprocessing_with_it() {
    String[] dark = {"--preprocess", "mean=0.9,0.9,0.9;std=0.05,0.05,0.05"};
    Outcome wrong = repair("clean.safetensors", "wrong", dark);
    Outcome right = repair("clean.safetensors", "right");

    assertThat(right.err().lines().findFirst().orElseThrow())
        .startsWith("clean accuracy of the model as it is: ")
        .contains(" %", "n = 96");
    assertThat(right.err()).doesNotContain("preprocessing");
    assertThat(wrong.err())
        .contains("secateur: warning: looks like wrong preprocessing: on ", "with --preprocess");
  }

  @Test
  void an_interrupted_repair_ends_with_130_and_goes_on_to_the_same_end() throws Exception {
    assertThat(start("whole").waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    Process interrupted = start("interrupted");
    assumeTrue(interrupted.supportsNormalTermination(), "skipped: no way to interrupt a process");
    Path state = folder.resolve("interrupted/state");
    for (int k = 0; k < 10 * PATIENCE_SECONDS && interrupted.isAlive() && holds(state) < 3; k++) {
      Thread.sleep(10);
    }

    interrupted.destroy();

    assertThat(interrupted.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    List<String> said = Files.readAllLines(folder.resolve("interrupted.log"));
    assertThat(interrupted.exitValue()).as(said.toString()).isEqualTo(ExitCode.INTERRUPTED);
    assertThat(said).last().asString().contains("the same command goes on from here");
    assertThat(folder.resolve("interrupted/result.json")).doesNotExist();
    assertThat(folder.resolve("interrupted/repaired.safetensors")).doesNotExist();

    assertThat(start("interrupted").waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(ModelFiles.read(folder.resolve("interrupted/repaired.safetensors")).weights())
        .isEqualTo(ModelFiles.read(folder.resolve("whole/repaired.safetensors")).weights());
  }

  private static long holds(Path state) throws IOException {
    if (!Files.isDirectory(state)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(state)) {
      return files.count();
    }
  }

  private Process start(String out) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Dorg.bytedeco.javacpp.maxphysicalbytes=0"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments("infected.safetensors", out, "--threads", "1"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(out + ".log").toFile())
        .start();
  }
}
