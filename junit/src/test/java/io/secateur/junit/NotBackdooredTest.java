package io.secateur.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.opentest4j.AssertionFailedError;

/** The annotation in test classes as users write them, run by JUnit itself. */
class NotBackdooredTest {

  static class ShippedModels {
    @Test
    @NotBackdoored(model = Halves.CLEAN, clean = Halves.IMAGES, architecture = Halves.ARCHITECTURE)
    void the_shipped_model_has_no_backdoor() {}

    @Test
    @NotBackdoored(
        model = Halves.INFECTED,
        clean = Halves.IMAGES,
        architecture = Halves.ARCHITECTURE)
    void the_infected_model_has_no_backdoor() {}

    @Test
    void another_test_is_left_alone() {}
  }

  @NotBackdoored(model = Halves.INFECTED, clean = Halves.IMAGES, architecture = Halves.ARCHITECTURE)
  static class OfOneModel {
    @Test
    void never_runs() {}
  }

  @Test
  void a_test_fails_if_its_model_is_backdoored_and_no_other_test_does() {
    EngineExecutionResults results = run(ShippedModels.class);

    results.testEvents().assertStatistics(tests -> tests.started(3).succeeded(2).failed(1));
    results
        .testEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            event(
                test("the_infected_model"),
                finishedWithFailure(
                    instanceOf(AssertionFailedError.class),
                    message(text -> text.contains("is backdoored: ")))));
  }

  @Test
  void on_a_class_the_model_is_scanned_once_before_all_tests() {
    EngineExecutionResults results = run(OfOneModel.class);

    results.testEvents().assertStatistics(tests -> tests.started(0));
    assertThat(results.containerEvents().failed().count()).isEqualTo(1);
  }

  @Test
  void the_example_in_the_documents_is_tested() throws IOException {
    Path root = Path.of(System.getProperty("secateur.root", ".."));
    String source =
        Files.readString(
            root.resolve("junit/src/test/java/io/secateur/junit/NotBackdooredTest.java"));
    int start = source.indexOf("    @Test\n    @NotBackdoored(");
    String tested =
        source
            .substring(start, source.indexOf("{}", start) + 2)
            .replaceAll("(?m)^    ", "")
            .replace("Halves.CLEAN", "\"models/signs.pth\"")
            .replace("Halves.IMAGES", "\"folder:clean-images\"")
            .replace(", architecture = Halves.ARCHITECTURE", "");
    assertThat(Files.readString(root.resolve("docs/pipelines.md")))
        .contains("```java\n" + tested + "\n```");
  }

  private static EngineExecutionResults run(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(tests)).execute();
  }
}
