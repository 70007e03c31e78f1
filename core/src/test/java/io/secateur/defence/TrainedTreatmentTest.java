package io.secateur.defence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.secateur.data.CleanSample;
import io.secateur.engine.OneThread;
import io.secateur.engine.Scope;
import io.secateur.nn.Network;
import io.secateur.run.Interrupted;
import io.secateur.run.RunContext;
import io.secateur.run.RunDirectory;
import io.secateur.run.SeedTree;
import io.secateur.train.BatchSource;
import io.secateur.train.Trainer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What all treatments by training promise, on a small network with a trained backdoor. */
@ExtendWith(OneThread.class)
class TrainedTreatmentTest {
  private static final CleanSample SAMPLE = InfectedToy.HALVES.sample();

  static Stream<Arguments> treatments() {
    return Stream.of(
            new Nad(new Nad.Settings(1, 2, 0.01, 30, 2, 500, 1000, 1000)),
            new FtSam(new FtSam.Settings(3, 0.01, 30, 0.2, 0.1)),
            new IBau(new IBau.Settings(3, 1e-3, 30, 3, 0.1, 10, 0.001, 0.1)),
            new Sau(new Sau.Settings(3, 1e-3, 30, 0.2, 0.2, 3, 0.01, 1, 1, 1)))
        .map(treatment -> arguments(treatment.name(), treatment));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("treatments")
  void clean_accuracy_is_kept_every_weight_moves_and_the_suspect_stays(
      String name, TrainedTreatment treatment) {
    Network suspect = InfectedToy.HALVES.network();
    assertThat(InfectedToy.HALVES.accuracy(suspect)).isGreaterThan(95);
    assertThat(InfectedToy.HALVES.attackSuccess(suspect)).isGreaterThan(95);

    Network treated = treatment.treat(suspect, SAMPLE, RunContext.quiet(3)).network();

    assertThat(treated.architecture()).isEqualTo(suspect.architecture());
    assertThat(InfectedToy.HALVES.accuracy(treated))
        .isGreaterThanOrEqualTo(InfectedToy.HALVES.accuracy(suspect) - 3);
    for (String tensor : suspect.architecture().requiredTensors().keySet()) {
      assertThat(treated.weights().get(tensor).hasNonFinite()).as(tensor).isFalse();
      if (!tensor.contains("running")) {
        assertThat(treated.weights().get(tensor))
            .as(tensor)
            .isNotEqualTo(suspect.weights().get(tensor));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("treatments")
  void the_seed_alone_decides(String name, TrainedTreatment treatment) {
    Network once =
        treatment.treat(InfectedToy.HALVES.network(), SAMPLE, RunContext.quiet(3)).network();
    Network again =
        treatment.treat(InfectedToy.HALVES.network(), SAMPLE, RunContext.quiet(3)).network();
    Network other =
        treatment.treat(InfectedToy.HALVES.network(), SAMPLE, RunContext.quiet(4)).network();

    assertThat(again.weights()).isEqualTo(once.weights());
    assertThat(other.weights()).isNotEqualTo(once.weights());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("treatments")
  void what_was_killed_goes_on_with_the_same_result(
      String name, TrainedTreatment treatment, @TempDir Path folder) {
    Network whole = killed(Interrupting::never, treatment, folder.resolve("whole"));
    Network resumed = killed(() -> Interrupting.at(6), treatment, folder.resolve("resumed"));

    assertThat(resumed.weights()).isEqualTo(whole.weights());
  }

  /**
   * Like {@link TrainedTreatment#treat}, with a state kept after each step, and begun again as
   * often as {@code user} stops it.
   */
  private static Network killed(
      Supplier<Interrupting> user, TrainedTreatment treatment, Path folder) {
    for (int attempt = 1; attempt < 20; attempt++) {
      try (RunDirectory memory =
              RunDirectory.open(folder, Map.of("a", "b"), RunDirectory.Existing.RESUME);
          Scope reference = Scope.open()) {
        RunContext run = new RunContext(new SeedTree(3), user.get(), memory);
        return Trainer.of(treatment.training())
            .lowering(treatment.objective(InfectedToy.HALVES.network(), SAMPLE, run))
            .keepingEvery(0)
            .train(InfectedToy.HALVES.network(), BatchSource.of(SAMPLE.tune()), run)
            .network();
      } catch (Interrupted stopped) {
        // Goes on in the next round.
      }
    }
    throw new AssertionError("never came to an end");
  }
}
