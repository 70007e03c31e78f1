package io.secateur;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.data.BadData;
import io.secateur.defence.RepairOutcome;
import io.secateur.defence.RepairVerdict;
import io.secateur.defence.Retuning;
import io.secateur.engine.OneThread;
import io.secateur.format.BadModelFile;
import io.secateur.format.ModelFile;
import io.secateur.format.ModelFiles;
import io.secateur.format.ModelSource;
import io.secateur.nn.FeatureShape;
import io.secateur.nn.Network;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.run.SeedTree;
import io.secateur.train.Initialisation;
import io.secateur.trigger.HuntResult;
import io.secateur.trigger.Verdict;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(OneThread.class)
class SecateurTest {
  private static final Path ROOT = Path.of(System.getProperty("secateur.root", ".."));
  private static final String CLEAN = "folder:" + ExampleFilesTest.HALVES.resolve("images");
  @TempDir private Path folder;

  private static ModelSource model(String name) {
    return new ModelSource(
        ExampleFilesTest.HALVES.resolve(name),
        Optional.of(ExampleFilesTest.HALVES.resolve("halves.yaml").toString()),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void six_lines_repair_a_model() throws IOException {
    ModelSource MODEL = model("infected.safetensors");
    Path REPAIRED = folder.resolve("repaired.safetensors");
    String TEST = CLEAN;
    // README
    Secateur secateur = Secateur.of(MODEL, CLEAN);
    HuntResult hunt = secateur.scan();
    System.out.println(hunt.verdict() + ": " + hunt.reason());
    RepairOutcome outcome = secateur.repair();
    secateur.write(outcome, REPAIRED);
    System.out.println(secateur.evaluate(outcome.network(), TEST).cleanAccuracy());
    // end

    assertThat(hunt.verdict()).isEqualTo(Verdict.BACKDOORED);
    assertThat(hunt.accused()).containsExactly(4);
    assertThat(outcome.verdict()).isEqualTo(RepairVerdict.REPAIRED);
    assertThat(outcome.network().weights().get("norm.bias").at(5)).isZero();
    assertThat(ModelFiles.read(REPAIRED).layout()).isEqualTo(ModelFile.Layout.SAFETENSORS);
    assertThat(ModelFiles.read(REPAIRED).weights()).isEqualTo(outcome.network().weights());
    assertThat(secateur.evaluate(TEST).cleanAccuracy().value()).isEqualTo(100);
    Retuning.Result again = outcome.retuning().orElseThrow();
    assertThat(again.target()).isEqualTo(4);
    assertThat(again.before().n()).isEqualTo(again.controlAfter().n());
  }

  @Test
  void a_repair_may_leave_out_what_it_does_last_and_a_network_left_alone_is_taught_nothing() {
    Secateur infected = Secateur.of(model("infected.safetensors"), CLEAN);

    assertThat(infected.withRetuning(false).repair().retuning()).isEmpty();
    assertThat(Secateur.of(model("clean.safetensors"), CLEAN).repair().retuning()).isEmpty();
  }

  @Test
  void the_lines_in_the_readme_are_those_that_are_tested() throws IOException {
    String source =
        Files.readString(ROOT.resolve("core/src/test/java/io/secateur/SecateurTest.java"));
    String tested =
        source
            .substring(source.indexOf("// README\n") + 10, source.indexOf("    // end\n"))
            .lines()
            .map(line -> line.substring(4))
            .map(line -> line.replace("MODEL", "Path.of(\"model.pth\")"))
            .map(line -> line.replace("CLEAN", "\"folder:clean-images\""))
            .map(line -> line.replace("REPAIRED", "Path.of(\"repaired.pth\")"))
            .map(line -> line.replace("TEST", "\"folder:test-images\""))
            .collect(Collectors.joining("\n"));
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .contains("```java\n" + tested + "\n```");
  }

  @Test
  void a_clean_model_is_not_accused() {
    HuntResult hunt = Secateur.of(model("clean.safetensors"), CLEAN).scan();

    assertThat(hunt.verdict()).as(hunt.reason()).isEqualTo(Verdict.CLEAN);
  }

  @Test
  void stock_networks_are_recognised_and_the_file_is_enough() throws IOException {
    Path file = folder.resolve("model.pth");
    Network network =
        Initialisation.of(
            StockArchitectures.build(
                "resnet20-w4", new StockArchitectures.Options(new FeatureShape(3, 32, 32), 10)),
            Preprocessing.UNIT,
            new SeedTree(3));
    try (OutputStream out = Files.newOutputStream(file)) {
      ModelFiles.write(ModelFile.of(ModelFile.Layout.TORCH_ZIP, network.weights()), out);
    }

    Secateur secateur = Secateur.of(file, "shapes:size=60").withCleanSize(20).withSeed(1);

    assertThat(secateur.model().network().architecture().name()).contains("resnet20");
    assertThat(secateur.evaluate("shapes:size=20").cleanAccuracy().n()).isEqualTo(20);
  }

  @Test
  void what_cannot_be_read_is_named() {
    Path absent = folder.resolve("absent.pth");
    assertThatThrownBy(() -> Secateur.of(absent, CLEAN))
        .isInstanceOf(BadModelFile.class)
        .hasMessageContaining("absent.pth");
    assertThatThrownBy(() -> Secateur.of(model("clean.safetensors"), "folder:" + absent))
        .isInstanceOf(BadData.class)
        .hasMessageContaining("is no folder");
    assertThatThrownBy(
            () -> Secateur.of(model("clean.safetensors"), CLEAN).withCleanSize(1000).scan())
        .isInstanceOf(BadData.class)
        .hasMessageContaining("120 images");
  }
}
