package io.secateur.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.secateur.run.Interrupted;
import io.secateur.run.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrackingTest {
  private final List<String> told = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private int flushed;

  /** Writes down what it is told, until it fails. */
  private final class Listed implements Tracker {
    private final String name;
    private final String fails;

    Listed(String name, String fails) {
      this.name = name;
      this.fails = fails;
    }

    private void say(String what) throws IOException {
      if (what.equals(fails)) {
        throw new IOException("no room");
      }
      told.add(name + " " + what);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void setting(String key, String value) throws IOException {
      say(key + "=" + value);
    }

    @Override
    public void figure(String tag, double value, long step) throws IOException {
      say(tag + "=" + value + "@" + step);
    }

    @Override
    public void flush() {
      flushed++;
    }

    @Override
    public void file(Path file) throws IOException {
      say(file.toString());
    }

    @Override
    public void end(End how) throws IOException {
      say(how.name());
    }
  }

  private Tracking tracking(Progress listener, Tracker... trackers) {
    return new Tracking(List.of(trackers), Map.of("seed", "0"), listener, warnings::add);
  }

  @Test
  void figures_of_notes_and_of_the_result_are_told_in_order() {
    try (Tracking tracking = tracking(Progress.SILENT, new Listed("a", ""))) {
      tracking.begin("search", 2);
      flushed = 0;
      tracking.advance(1, "best phi -0.25");
      assertThat(flushed).as("seen while the stage lasts").isEqualTo(1);
      tracking.advance(2, "epoch 1/2, loss 1.5e-3, CA 90.0, ASR 12.5");
      tracking.end("");
      tracking.begin("search", 2);
      tracking.advance(1, "best phi 0.5");
      tracking.end("");
      tracking.finished(
          "{\"verdict\": \"clean\", \"seconds\": 2, \"ca\": {\"after\": {\"value\": 90.5}}}",
          List.of(Path.of("report.html")));
    }
    assertThat(told)
        .containsExactly(
            "a seed=0",
            "a search/best phi=-0.25@1",
            "a search/loss=0.0015@2",
            "a search/CA=90.0@2",
            "a search/ASR=12.5@2",
            "a search/best phi=0.5@3",
            "a result/seconds=2.0@0",
            "a result/ca/after/value=90.5@0",
            "a report.html",
            "a FINISHED");
    assertThat(warnings).isEmpty();
  }

  @Test
  void a_stage_of_many_steps_tells_some_hundred_figures_and_the_last() {
    try (Tracking tracking = tracking(Progress.SILENT, new Listed("a", ""))) {
      tracking.begin("training", 100_000);
      for (int step = 1; step <= 100_000; step++) {
        tracking.advance(step, "loss 1");
      }
      tracking.end("");
    }
    assertThat(told).hasSize(1 + 200 + 1).contains("a training/loss=1.0@100000");
  }

  @Test
  void one_that_fails_is_warned_about_once_and_the_others_go_on() {
    List<String> heard = new ArrayList<>();
    Progress listener =
        new Progress() {
          @Override
          public void begin(String stage, long steps) {
            heard.add(stage);
          }

          @Override
          public void advance(long done, String note) {
            heard.add(note);
          }

          @Override
          public void end(String summary) {
            heard.add(summary);
          }

          @Override
          public void event(String kind, Map<String, ?> values) {
            heard.add(kind);
          }
        };
    try (Tracking tracking =
        tracking(listener, new Listed("a", "s/loss=1.0@1"), new Listed("b", ""))) {
      tracking.begin("s", 2);
      tracking.advance(1, "loss 1");
      tracking.advance(2, "loss 2");
      tracking.end("done");
      tracking.event("kind", Map.of());
    }
    assertThat(warnings).containsExactly("a: no room; the run goes on without it");
    assertThat(told).contains("b s/loss=2.0@2", "b FAILED").doesNotContain("a s/loss=2.0@2");
    assertThat(heard).containsExactly("s", "loss 1", "loss 2", "done", "kind");
  }

  @Test
  void an_interrupted_run_is_told_to_be_stopped() {
    Progress listener =
        new Progress() {
          @Override
          public void begin(String stage, long steps) {}

          @Override
          public void advance(long done, String note) {
            throw new Interrupted();
          }

          @Override
          public void end(String summary) {}

          @Override
          public void event(String kind, Map<String, ?> values) {}
        };
    assertThatThrownBy(
            () -> {
              try (Tracking tracking = tracking(listener, new Listed("a", ""))) {
                tracking.begin("s", 2);
                tracking.advance(1, "");
              }
            })
        .isInstanceOf(Interrupted.class);
    assertThat(told).endsWith("a STOPPED");
  }

  @Test
  void notes_without_figures_have_none() {
    assertThat(Figures.in("")).isEmpty();
    assertThat(Figures.in("epoch 1/20")).isEmpty();
    assertThat(Figures.in("before; 3 of 4, label 3: 12.5 %")).isEmpty();
    assertThat(Figures.in("mean phi -0.300, 12.0 prunings, best 0.2"))
        .isEqualTo(Map.of("mean phi", -0.3, "best", 0.2));
  }
}
