package io.secateur.cli;

import static io.secateur.Schemas.assertDocumented;
import static org.assertj.core.api.Assertions.assertThat;

import io.secateur.cli.CommandRunner.Outcome;
import io.secateur.format.FileHash;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.SelfDescription;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From {@code infect} to a zoo of what it made. */
class InfectCommandTest {
  private static final String DATA = "shapes:size=200";
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path home;
  private static Outcome infected;

  @BeforeAll
  static void a_zoo_of_one() throws IOException {
    Path zoo = Files.createDirectories(home.resolve("zoo"));
    Files.writeString(
        zoo.resolve("recipes.json"),
        """
        {"small": {"about": "a trial", "arguments": ["--attack", "badnets", "--arch",
          "resnet20-w4", "--epochs", "2", "--elements", "float16", "--set", "rate=0.2"]},
         "large": {"about": "a recipe only", "arguments": ["--attack", "none", "--arch",
          "resnet18"]}}
        """);
    System.setProperty("secateur.home", home.toString());
    infected = CommandRunner.run("zoo", "make", "small", "--data", DATA, "--out", zoo.toString());
    List<String> sums = new ArrayList<>();
    try (Stream<Path> files = Files.list(zoo)) {
      for (Path file : files.toList()) {
        sums.add(FileHash.sha256(file) + "  " + file.getFileName());
      }
    }
    Files.write(zoo.resolve("SHA256SUMS"), sums);
  }

  @AfterAll
  static void elsewhere() {
    System.clearProperty("secateur.home");
  }

  @Test
  void a_model_stands_with_all_that_belongs_to_it() throws IOException {
    assertThat(infected.exitCode()).as(infected.err()).isZero();
    assertThat(infected.out()).contains("CA ", "ASR ", "images/s");
    assertThat(home.resolve("zoo/small.safetensors.run")).doesNotExist();
    assertThat(home.resolve("zoo/small.sheet.png")).isNotEmptyFile();

    JsonNode result = JSON.readTree(Files.readAllBytes(home.resolve("zoo/small.result.json")));
    assertThat(result.get("arguments").toString())
        .contains("\"--data\",\"" + DATA, "\"small.safetensors\"")
        .doesNotContain(home.toString());
    assertThat(result.get("poisoned").intValue()).isEqualTo(40);
    assertThat(result.get("epochs").size()).isEqualTo(2);
    assertThat(result.get("epochs").get(1).get("attackSuccess").isNumber()).isTrue();
    assertThat(result.get("settings").get("rate").stringValue()).isEqualTo("0.2");
    assertThat(result.get("model").get("sha256").stringValue())
        .isEqualTo(FileHash.sha256(home.resolve("zoo/small.safetensors")));
  }

  @Test
  void it_is_evaluated_by_name_as_it_was_measured() throws IOException {
    Outcome outcome = CommandRunner.run("evaluate", "zoo:small", "--data", DATA, "--json");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode evaluation = JSON.readTree(outcome.out());
    JsonNode result = JSON.readTree(Files.readAllBytes(home.resolve("zoo/small.result.json")));
    for (String figure : List.of("cleanAccuracy", "trueAsr", "recoveryAccuracy")) {
      assertThat(evaluation.get(figure)).as(figure).isEqualTo(result.get(figure));
    }
  }

  @Test
  void plain_fine_tuning_is_tried_on_it() throws IOException {
    Outcome outcome =
        CommandRunner.run(
            "bench",
            "fine-tuning",
            "zoo:small",
            "--data",
            DATA,
            "--clean-size",
            "40",
            "--epochs",
            "1",
            "--json");

    assertDocumented("bench-fine-tuning", outcome.out());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode trial = JSON.readTree(outcome.out());
    JsonNode result = JSON.readTree(Files.readAllBytes(home.resolve("zoo/small.result.json")));
    assertThat(trial.at("/trueAsr/before")).isEqualTo(result.get("trueAsr"));
    assertThat(trial.at("/cleanAccuracy/after/n").intValue()).isEqualTo(200);
    assertThat(
            CommandRunner.run(
                    "bench", "fine-tuning", "zoo:small", "--data", DATA, "--clean-size", "1")
                .err())
        .contains("--clean-size is 1; expected at least 20");
  }

  @ParameterizedTest
  @CsvSource({"layers.yaml", "../../etc/hosts.yml", "resnet18-w2000000000", "nothing-of-the-kind"})
  void a_file_that_says_an_architecture_that_is_none_is_refused(String said, @TempDir Path folder)
      throws IOException {
    ModelFile good = ModelFiles.read(home.resolve("zoo/small.safetensors"));
    ModelFile lying =
        new ModelFile(
            good.layout(),
            good.weights(),
            good.prefix(),
            good.path(),
            Map.of(SelfDescription.ARCHITECTURE, said),
            good.scalars());
    Path file = folder.resolve("lying.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      ModelFiles.write(lying, out);
    }

    Outcome outcome = CommandRunner.run("evaluate", file.toString(), "--data", DATA);

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(ExitCode.UNREADABLE);
    assertThat(outcome.err()).contains("lying.safetensors").hasLineCount(1);
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void a_model_that_takes_the_place_of_another_leaves_nothing_of_it(@TempDir Path temp) {
    Path folder = temp.resolve("made/for/it");
    String file = folder.resolve("m.safetensors").toString();
    List<String> line =
        List.of("infect", "--arch", "resnet20-w4", "--data", "shapes:size=60", "--epochs", "1");
    CommandRunner.run(with(line, "--attack", "badnets", "--out", file));
    assertThat(folder.resolve("m.truth.json")).exists();
    assertThat(folder.resolve("m.sheet.png")).exists();

    Outcome clean = CommandRunner.run(with(line, "--attack", "none", "--out", file, "--force"));

    assertThat(clean.exitCode()).as(clean.err()).isZero();
    assertThat(folder)
        .isDirectoryContaining(path -> path.endsWith("m.result.json"))
        .isDirectoryNotContaining(path -> path.getFileName().toString().contains("truth"))
        .isDirectoryNotContaining(path -> path.endsWith("m.sheet.png"));
  }

  private static String[] with(List<String> line, String... more) {
    return Stream.concat(line.stream(), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void the_zoo_is_listed() {
    Outcome outcome = CommandRunner.run("zoo", "list");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).containsPattern("small +stored +[0-9.]+ +[0-9.]+ +[0-9.]+ +a trial");
    assertThat(outcome.out()).containsPattern("large +recipe +a recipe only");
  }

  @Test
  void what_programs_read_is_documented() throws IOException {
    assertDocumented("zoo-list", CommandRunner.run("zoo", "list", "--json").out());
    assertDocumented(
        "zoo-verify", CommandRunner.run("zoo", "verify", "--data", DATA, "--json").out());
    assertDocumented("infect", Files.readString(home.resolve("zoo/small.result.json")));
  }

  @Test
  void the_zoo_is_verified() throws IOException {
    assertThat(CommandRunner.run("zoo", "verify", "--data", DATA).out())
        .containsPattern("small +as on record");

    Path truth = home.resolve("zoo/small.truth.json");
    byte[] before = Files.readAllBytes(truth);
    try {
      Files.write(
          truth,
          (new String(before, StandardCharsets.UTF_8) + " ").getBytes(StandardCharsets.UTF_8));
      Outcome outcome = CommandRunner.run("zoo", "verify", "small");
      assertThat(outcome.exitCode()).isEqualTo(ExitCode.UNREADABLE);
      assertThat(outcome.out()).contains("damaged: small.truth.json");
    } finally {
      Files.write(truth, before);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "evaluate zoo:other --data shapes:size=40|3|zoo:other: is not in the zoo; expected one of small, large",
        "evaluate zoo:large --data shapes:size=40|3|zoo:large: is stored as a recipe only",
        "zoo make other --data shapes:size=40|3|is not in the zoo",
        "zoo make small --data shapes:size=40 --out ZOO|4|exists; expected another name, or --force",
        "zoo|4|expected list, verify or make",
        "infect --attack magic --arch resnet20 --data shapes:size=40 --out OUT/m.pth|4|--attack is 'magic'; expected none, badnets",
        "infect --attack badnets --arch magic --data shapes:size=40 --out OUT/m.pth|4|--arch: ",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out OUT/m.h5|4|expected a name that ends in .safetensors",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out /dev/null/m.pth|4|cannot be written",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out OUT/m.pth --set rate=2|4|rate",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out OUT/m.pth --set colour=red|4|--set colour: no such setting",
        "infect --attack clean-label --arch resnet20 --data shapes:size=40 --out OUT/m.pth|4|expected a network trained on clean images",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out OUT/m.pth --schedule odd|4|--schedule is 'odd'; expected one-cycle",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out OUT/m.pth --epochs 0|4|epochs must be at least 1",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out OUT/m.pth --keep-every -1|4|--keep-every is -1.0; expected seconds",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out OUT/m.pth --elements int8|4|--elements is 'int8'",
        "infect --attack wanet --arch resnet20 --data shapes:size=40 --out OUT/m.pth --batch-size 8|4|--batch-size is 8, so that no image would bear the trigger; expected at least 10",
        "infect --attack dynamic --arch resnet20 --data shapes:size=40 --out OUT/m.pth --batch-size 9|4|expected at least 10",
        "infect --attack badnets --arch resnet20 --data shapes:size=40 --out OUT/m.pth --set target=12|4|--attack badnets: target is label 12, ",
        "infect --attack wanet --arch resnet20 --data shapes:size=40 --out OUT/m.pth --set target=10|4|expected a label from 0 to 9",
        "infect --attack badnets --arch resnet20 --data shapes:size=40@test --out OUT/m.pth|4|is kept from training, to measure on or to repair with; expected @train",
        "infect --attack badnets --arch resnet20 --data shapes:size=40@defender --out OUT/m.pth|4|expected @train, or a folder",
        "infect --attack badnets --arch smallvgg --data shapes:size=40 --out OUT/m.pth --start-side 16|4|--start-side: smallvgg does not read images of 3x16x16",
        "infect --attack badnets --arch vgg16-bn --data shapes:size=40 --out OUT/m.pth --start-side 16|4|--start-side: vgg16-bn does not read images of 3x16x16",
      })
  void what_cannot_be_is_refused_in_one_line(
      String command, int exitCode, String said, @TempDir Path out) {
    Outcome outcome =
        CommandRunner.run(
            command
                .replace("OUT", out.toString())
                .replace("ZOO", home.resolve("zoo").toString())
                .split(" "));

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
    assertThat(outcome.err()).contains(said);
    assertThat(outcome.out()).isEmpty();
    assertThat(out).isEmptyDirectory();
  }
}
