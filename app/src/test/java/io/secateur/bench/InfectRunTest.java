package io.secateur.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.attack.Attack;
import io.secateur.attack.Attacks;
import io.secateur.data.DataSpec;
import io.secateur.data.ImageSet;
import io.secateur.data.Split;
import io.secateur.format.ModelFile;
import io.secateur.nn.ElementType;
import io.secateur.nn.Preprocessing;
import io.secateur.nn.StockArchitectures;
import io.secateur.run.BadRunDirectory;
import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import io.secateur.run.RunDirectory;
import io.secateur.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfectRunTest {
  private static final ImageSet IMAGES = DataSpec.parse("shapes:size=80", Split.TRAIN).load();
  private static final ImageSet WATCHED = DataSpec.parse("shapes:size=40", Split.DEFENDER).load();

  @TempDir private Path temp;

  @Test
  void a_training_killed_in_an_epoch_and_after_one_ends_as_if_it_had_not_been() throws IOException {
    InfectResult whole = InfectRun.of(request("whole.safetensors", 2), Progress.SILENT);

    InfectRequest request = request("killed.safetensors", 2);
    for (int steps : new int[] {3, 4}) {
      assertThatThrownBy(() -> InfectRun.of(request, stoppingAt(steps)))
          .isInstanceOf(Interrupted.class);
      assertThat(request.out()).doesNotExist();
    }
    InfectResult resumed = InfectRun.of(request, Progress.SILENT);

    assertThat(resumed.model().sha256()).isEqualTo(whole.model().sha256());
    assertThat(resumed.cleanAccuracy()).isEqualTo(whole.cleanAccuracy());
    assertThat(resumed.trueAsr()).isEqualTo(whole.trueAsr());
    assertThat(resumed.epochs()).hasSize(2);
    assertThat(resumed.epochs().get(0).loss()).isEqualTo(whole.epochs().get(0).loss());
    assertThat(temp.resolve("killed.safetensors.run")).doesNotExist();
    assertThat(Files.readAllBytes(temp.resolve("killed.truth.json")))
        .isEqualTo(
            new String(Files.readAllBytes(temp.resolve("whole.truth.json")))
                .replace("whole", "killed")
                .getBytes());
  }

  @Test
  void another_training_does_not_go_on_in_the_same_place() {
    assertThatThrownBy(() -> InfectRun.of(request("one.safetensors", 2), stoppingAt(2)))
        .isInstanceOf(Interrupted.class);

    assertThatThrownBy(() -> InfectRun.of(request("one.safetensors", 3), Progress.SILENT))
        .isInstanceOf(BadRunDirectory.class)
        .hasMessageContaining("epochs=2")
        .hasMessageContaining("epochs=3");
  }

  private InfectRequest request(String name, int epochs) {
    Attack attack = Attacks.named("badnets", Optional.empty());
    return new InfectRequest(
        attack,
        Map.of(),
        StockArchitectures.build(
            "resnet20-w4", new StockArchitectures.Options(IMAGES.shape(), IMAGES.classes())),
        Preprocessing.UNIT,
        IMAGES,
        Optional.of(WATCHED),
        Optional.of(WATCHED),
        TrainingSettings.FROM_SCRATCH.withEpochs(epochs).withBatchSize(16),
        0,
        ElementType.F16,
        ModelFile.Layout.SAFETENSORS,
        temp.resolve(name),
        RunDirectory.Existing.RESUME,
        List.of("infect"),
        0,
        "test");
  }

  private static Progress stoppingAt(int step) {
    return new Progress() {
      @Override
      public void begin(String stage, long steps) {}

      @Override
      public void advance(long done, String note) {
        if (done == step) {
          throw new Interrupted();
        }
      }

      @Override
      public void end(String summary) {}

      @Override
      public void event(String kind, Map<String, ?> values) {}
    };
  }
}
