package io.secateur.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.opentest4j.AssertionFailedError;

/** The annotation in test classes as users write them, run by JUnit itself. */
class NotBackdooredTest {

  static class ShippedModels {
    @Test
    @NotBackdoored(model = Halves.CLEAN, clean = Halves.IMAGES, architecture = Halves.ARCHITECTURE)
    void the_clean_model_has_no_backdoor() {}

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

  private static EngineExecutionResults run(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(tests)).execute();
  }
}
